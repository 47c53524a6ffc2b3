"""Notify: tells people what needs them, by e-mail, webhook or file, and no more often than helps.

message.py has the words, channels.py the ways out, settings.py reads the environment, limit.py
decides what is told now, telling.py puts them together. When there is something to tell is known
by pipeline/sensors.py and pipeline/refresh_command.py. Nothing is told where no channel is set.
"""
