"""Whatever the network does: the question ends by itself, whole or with an error that helps."""

from __future__ import annotations

import pytest

from tests.http.conftest import STARTED, Bench
from tests.http.faults import FAULTS, Fault


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.name)
def test_it_ends_as_it_should(fault: Fault, bench: Bench) -> None:
    bench.clock.tick = fault.tick
    script = bench.play("data", *fault.acts)
    fetcher = bench.fetcher(**fault.limits)
    if fault.ends is None:
        answer = fetcher.get("data")
        assert (answer.status, answer.body) == (200, fault.body)
    else:
        with pytest.raises(fault.ends) as caught:
            fetcher.get("data")
        assert type(caught.value) is fault.ends
        message = str(caught.value)
        for words in (*fault.says, "SSB"):
            assert words in message
        assert caught.value.tries == len(script.asked)
    if fault.tries is not None:
        assert len(script.asked) == fault.tries
    assert bench.clock.now - STARTED <= fetcher.limits.total + 10 * fault.tick
    if fault.waits is not None:
        assert bench.clock.slept == pytest.approx(list(fault.waits))


def test_names_of_faults_are_unique() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
