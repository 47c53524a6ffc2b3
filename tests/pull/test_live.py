"""What is asked of StatBank and KLASS: as little as possible, and never too little."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sources.http import SourceRefused
from sources.pull import NotNow, TableGone, keep, klass, statbank
from sources.pull import live as pulls
from sources.pull.problems import Renewed
from sources.vintages import decode
from tests.pull.conftest import KLASS, STATBANK, Live, table
from tests.services.klass import Version
from tests.services.server import Reply
from warehouse import expected

if TYPE_CHECKING:
    from sources.pull.client import Brought, Known

SCHOOL = "ssb/12274"


def known(world: Live, table_id: str) -> Known:
    found = keep.known(world.archive, world.ledger, table(table_id))
    assert found is not None
    return found


def brought(world: Live, table_id: str, **changes: Any) -> Brought | None:
    return statbank.bring(table(table_id), world.asking(**changes), known(world, table_id))


def checked(world: Live, **ago: float) -> dict[str, datetime]:
    return {t: world.now - timedelta(**ago) for t in STATBANK}


def test_a_first_pull_brings_figures_and_documents_under_public_addresses(live: Live) -> None:
    found = statbank.bring(table(SCHOOL), live.asking(), None)
    assert found is not None
    base = "https://data.ssb.no/api/pxwebapi/v2"
    assert [p.url for p in found.documents] == [
        f"{base}/config",
        f"{base}/tables/12274?lang=no",
        f"{base}/tables/12274/metadata?lang=no",
    ]
    (piece,) = found.pieces
    assert piece.url.startswith(f"{base}/tables/12274/data?lang=no")
    assert (found.stamp, piece.as_of) == ("2026-06-15T06:00:00Z", "2026-06-15")
    assert found.whole


def test_config_and_code_lists_are_asked_for_once_in_a_run(live: Live) -> None:
    asking, spec = live.asking(), table("ssb/13563")
    for each in (spec, replace(spec, id="ssb/13563_again"), table(SCHOOL)):
        assert statbank.bring(each, asking, None) is not None
    assert live.asked("/config") == ["/config"]
    lists = live.asked("/codelists/")
    assert len(lists) == len(set(lists)) == 4
    assert len(live.asked("/tables/13563/metadata")) == 2


def test_one_question_says_that_nothing_is_new(live: Live) -> None:
    live.run()
    live.later(days=1)
    live.forget()
    asking = live.asking(checked=checked(live, days=1))
    for each in STATBANK:
        assert statbank.bring(table(each), asking, known(live, each)) is None
    (asked,) = live.asked()
    assert asked.startswith("/tables?")
    assert "pastDays=3" in asked
    assert "includeDiscontinued=true" in asked


def test_only_what_was_updated_is_pulled(live: Live) -> None:
    live.run()
    live.later(days=20)
    live.renew("12274")
    asking = live.asking(checked=checked(live, days=20))
    live.forget()
    found = {t: statbank.bring(table(t), asking, known(live, t)) for t in STATBANK}
    assert [t for t, new in found.items() if new] == [SCHOOL]
    assert "pastDays=22" in live.asked("/tables?")[0]
    # Its new stamp is known now, and the list names it still.
    keep.keep(live.archive, live.ledger, table(SCHOOL), found[SCHOOL], live.now)  # type: ignore[arg-type]
    assert brought(live, SCHOOL, checked=checked(live, days=20)) is None


@pytest.mark.parametrize("ago", [{"days": 31}, {"days": -1}], ids=["long ago", "clock set back"])
def test_a_table_that_no_list_covers_is_asked_itself(live: Live, ago: dict[str, float]) -> None:
    live.run()
    live.forget()
    assert brought(live, SCHOOL, checked=checked(live, **ago)) is None
    assert brought(live, SCHOOL) is None
    assert live.asked() == ["/tables/12274?lang=no"] * 2
    live.renew("12274")
    live.forget()
    assert brought(live, SCHOOL, checked=checked(live, **ago)) is not None
    assert live.asked().count("/tables/12274?lang=no") == 1


def _empty(reply: Reply) -> Reply:
    page = b'{"tables": [], "page": {"totalPages": 1, "totalElements": 0}}'
    return Reply(200, page, reply.headers)


def _refused(reply: Reply) -> Reply:
    return Reply(404, b'{"title": "Non-existent page", "status": 404}', reply.headers)


def _short(reply: Reply) -> Reply:
    return Reply(
        200, reply.body.replace(b'"totalElements": ', b'"totalElements": 1'), reply.headers
    )


@pytest.mark.parametrize("change", [_empty, _refused, _short])
def test_a_list_that_cannot_be_relied_on_is_not(live: Live, change: Any) -> None:
    live.run()
    live.renew("12274")
    live.twist = lambda _, asked, reply: change(reply) if "/tables?" in asked.path else reply
    live.forget()
    recent = checked(live, days=1)
    asking = live.asking(checked=recent)
    found = [statbank.bring(table(t), asking, known(live, t)) is not None for t in STATBANK]
    assert found == [t == SCHOOL for t in STATBANK]
    assert len(live.asked("/tables?")) == 1


def test_a_list_of_several_pages_is_read_to_its_end(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sources.pull import catalogue

    monkeypatch.setattr(catalogue, "_LONG_PAGE", 10)
    live.run()
    live.ssb.bank.tables.append(live.renew("12274"))
    del live.ssb.bank.tables[0]
    live.forget()
    assert brought(live, SCHOOL, checked=checked(live, days=1)) is not None
    pages = [path.partition("pageNumber=")[2] for path in live.asked("/tables?")]
    assert pages == [f"{n + 1}&pageSize=10" for n in range(len(pages))]
    assert len(pages) == 4


def test_a_stamp_that_is_no_time_never_says_that_nothing_is_new(live: Live) -> None:
    live.ssb.table("12274").updated = "0003-10-13T00:00:00Z"
    live.run()
    assert known(live, SCHOOL).stamp == ""
    live.forget()
    found = brought(live, SCHOOL, checked=checked(live, days=1))
    assert found is not None
    assert found.pieces[0].as_of == found.pieces[0].answer.fetched_at[:10]
    assert live.asked("/tables?") == []


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2026-02-25T07:00:00Z", "2026-02-25T07:00:00Z"),
        ("2026-02-25T08:00:00+01:00", "2026-02-25T07:00:00Z"),
        ("2026-02-25T07:00:00", "2026-02-25T07:00:00Z"),
        ("0003-10-13T00:00:00Z", ""),
        ("soon", ""),
        (None, ""),
    ],
)
def test_stamps_are_compared_as_times(text: str | None, stamp: str) -> None:
    assert statbank.stamp_of(text) == stamp


def test_a_table_renewed_in_the_middle_is_pulled_once_more(live: Live) -> None:
    spec = table("ssb/13563")

    def renew(number: int, document: dict[str, Any]) -> dict[str, Any]:
        # Three parts: after the first one the figures are renewed.
        return document | {"updated": "2026-09-10T06:00:00Z"} if number > 1 else document

    live.ssb.bank.twist = renew
    found = statbank.bring(spec, live.asking(), None)
    assert found is not None
    assert len(live.ssb.bank.cells) == 2 + 3
    assert live.asked("/tables/13563/metadata") == ["/tables/13563/metadata?lang=no"] * 2
    days = iter(range(5, 28))
    live.ssb.bank.twist = lambda _, d: d | {"updated": f"2026-09-{next(days):02}T06:00:00Z"}
    with pytest.raises(Renewed, match="renewed in the middle"):
        statbank.bring(spec, live.asking(), None)
    assert len(live.ssb.bank.cells) == 2 + 3 + 2 + 2


def test_the_closed_hours_are_kept_unless_told_otherwise(live: Live) -> None:
    live.now = datetime(2026, 7, 1, 4, 30, tzinfo=UTC)
    with pytest.raises(NotNow, match="between 05:00 and 08:15"):
        statbank.bring(table(SCHOOL), live.asking(), None)
    assert live.asked() == []
    assert statbank.bring(table(SCHOOL), live.asking(at_any_time=True), None) is not None


def test_a_table_long_without_news_is_asked_itself_so_that_its_end_is_seen(live: Live) -> None:
    live.run()
    live.later(days=500)
    live.ssb.bank.tables = [t for t in live.ssb.bank.tables if t.id != "12274"]
    with pytest.raises(TableGone, match="no table 12274 any more"):
        brought(live, SCHOOL, checked=checked(live, days=1))


def test_what_is_taken_decodes_to_what_the_service_holds(live: Live) -> None:
    spec = table(SCHOOL)
    taken = take(live, SCHOOL)
    assert (taken.state, taken.new, taken.known) == ("new", 1, 0)
    raw = decode(live.archive, spec, made_up=False).table
    values = live.ssb.table("12274").values
    assert taken.cells == raw.num_rows == values.size
    figures = values[~np.isnan(values)]
    assert sorted(raw["value"].drop_null().to_pylist()) == sorted(figures.tolist())
    assert take(live, SCHOOL).state == pulls.NOTHING_NEW


def take(world: Live, table_id: str) -> pulls.Taken:
    return pulls.take(world.archive, world.ledger, table(table_id), world.asking())


def test_tables_without_a_client_or_a_request_come_from_folders_only(live: Live) -> None:
    spec = table(SCHOOL)
    assert pulls.pullable(spec)
    for other in (replace(spec, request=None), replace(spec, protocol="csv")):
        assert not pulls.pullable(other)
        with pytest.raises(pulls.NotPullable, match="kompetanse archive import"):
            pulls.take(live.archive, live.ledger, other, live.asking())
    assert not pulls.pullable(replace(spec, protocol="none"))


def test_klass_says_with_one_small_answer_that_nothing_is_new(live: Live) -> None:
    live.run(*KLASS)
    live.forget()
    for each in KLASS:
        assert klass.bring(table(each), live.asking(), known(live, each)) is None
    assert {a.headers["accept"] for a in live.klass_at.log} == {"application/json"}
    assert all("if-none-match" in a.headers for a in live.klass_at.log)


def test_the_same_bytes_without_an_etag_are_nothing_new_either(live: Live) -> None:
    live.run(*KLASS)
    entries = tuple(replace(e, headers={}) for e in known(live, KLASS[1]).entries)
    bare = replace(known(live, KLASS[1]), entries=entries)
    assert klass.bring(table(KLASS[1]), live.asking(), bare) is None
    assert "if-none-match" not in live.klass_at.log[-1].headers


def test_codes_asked_without_an_end_live_on(live: Live) -> None:
    live.run(*KLASS)
    spec = table("klass/131_codes")
    rows = decode(live.archive, spec, made_up=False).table.to_pylist()
    # Two names, one after the other: Trondheim, and Trondheim - Tråante.
    trondheim = sorted(str(r["valid_to"]) for r in rows if r["code"] == "5001")
    assert trondheim == ["2023-01-01", "None"]
    assert not any(r["to_clipped"] for r in rows)
    versions = live.klass.codes["131"]
    versions.append(Version("5099", "Nykommune", "2027-01-01", None))
    found = klass.bring(spec, live.asking(), known(live, "klass/131_codes"))
    assert found is not None
    assert b"Nykommune" in found.pieces[0].answer.body


def test_classes_to_compare_with_are_asked_for_by_name_alone(live: Live) -> None:
    classes = "klass/128_corresponds_131"
    assert classes not in {spec.id for spec in expected.pullable()}
    (taken,) = live.run(classes).tables
    assert (taken.state, taken.cells) == ("new", 357)
    live.later(days=1)
    live.klass.correspondences.clear()
    assert [t.state for t in live.run(classes, *KLASS).tables if t.table == classes] == ["failed"]
    assert decode(live.archive, table(classes), made_up=False).table.num_rows == 357


def _pair(code: str) -> dict[str, str]:
    names = ("sourceCode", "sourceName", "targetCode", "targetName")
    return dict(zip(names, (code, f"Fylke {code}", f"{code}01", "Kommune"), strict=True))


def test_a_correspondence_missing_for_a_part_is_asked_for_in_parts(live: Live) -> None:
    spec = table("klass/104_corresponds_131")
    assert spec.request is not None
    url = spec.request.url.partition("&from=")[0]
    spec = replace(spec, request=replace(spec.request, url=f"{url}&from=2014-01-01&to=2020-01-01"))
    tables = [("2016-01-01", "2018-01-01", [_pair("01")]), ("2018-01-01", None, [_pair("50")])]
    live.klass.correspondences[("104", "131")] = tables  # type: ignore[assignment]
    found = klass.bring(spec, live.asking(), None)
    assert found is not None
    ranges = [p.url.rpartition("131&")[2] for p in found.pieces]
    assert ranges == ["from=2016-01-01&to=2017-01-01", "from=2017-01-01&to=2020-01-01"]
    assert [note.partition("for ")[2] for note in found.notes] == [
        "2014-01-01 to 2015-01-01",
        "2015-01-01 to 2016-01-01",
    ]
    live.klass.correspondences[("104", "131")] = []
    with pytest.raises(SourceRefused, match="404"):
        klass.bring(spec, live.asking(), None)
