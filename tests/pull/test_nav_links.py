"""Links on Nav's pages: labels, addresses and years, and the choice among them."""

from __future__ import annotations

import pytest

from sources.pull.nav_links import Choice, LinkNotFound, choose, read_links

PAGE = "https://www.nav.no/no/side"
CHOICE = Choice(label=("Figurer og tabeller",), exclude=("Årsgjennomsnitt",))


def page(*links: tuple[str, str]) -> bytes:
    anchors = "".join(f"<a href='{href}'>{label}</a>" for label, href in links)
    return f"<html><body>{anchors}</body></html>".encode()


def chosen(*links: tuple[str, str], choice: Choice = CHOICE) -> dict[str, str]:
    found = choose(read_links(page(*links), PAGE), choice, "nav/x, page")
    return {year: link.url for year, link in found.items()}


def test_labels_are_compared_without_blanks_case_markup_and_size() -> None:
    labels = (
        "Figurer og tabeller 2025",
        "  FIGURER\n og&nbsp;tabeller&nbsp;2025 ",
        "<span>Figurer</span><br><b>og</b> <i>tabeller</i> 2025 (xlsx, 1,2&nbsp;MB)",
        "Figu&shy;rer og tabeller 2025 [Excel, 88 kB]",
    )
    for label in labels:
        (link,) = read_links(page((label, "/f.xlsx")), PAGE)
        assert link.label.casefold() == "figurer og tabeller 2025"
        assert chosen((label, "/f.xlsx")) == {"2025": "https://www.nav.no/f.xlsx"}


def test_a_word_that_markup_parts_is_still_found() -> None:
    label = "<b>F</b>igurer og tabel<wbr>ler 2025"
    assert chosen((label, "/f.xlsx")) == {"2025": "https://www.nav.no/f.xlsx"}
    with pytest.raises(LinkNotFound, match="without 'Årsgjennomsnitt'"):
        chosen((f"{label} A\u030arsgjennom&shy;snitt", "/f.xlsx"))


def test_addresses_are_made_absolute_and_fit_to_be_asked() -> None:
    wanted = "https://www.nav.no/no/a%20b%20%C3%B8%202025.xlsx"
    for href in ("a b ø 2025.xlsx", "/no/a%20b%20%C3%B8%202025.xlsx", f"{wanted}#del"):
        assert chosen(("Figurer og tabeller", href)) == {"2025": wanted}
    base = b"<base href='https://www.nav.no/annet/'>"
    (link,) = read_links(base + page(("Figurer", "x.xlsx")), PAGE)
    assert link.url == "https://www.nav.no/annet/x.xlsx"


def test_broken_and_other_addresses_are_no_links() -> None:
    body = page(
        ("A", "mailto:a@nav.no"), ("B", "javascript:void(0)"), ("C", "http://[x"), ("", "/d"),
        ("E", "/e"),
    )  # fmt: skip
    assert [link.label for link in read_links(body, PAGE)] == ["E"]


def test_a_file_is_no_page_of_the_archive() -> None:
    choice = Choice(label=("x",), archive=("Arkiv",))
    links = [("Arkiv", "/arkiv"), ("Arkiv (pdf)", "/arkiv.pdf"), ("Arkiv", "https://other.no/a")]
    onward = [link for link in read_links(page(*links), PAGE) if choice.leads_on(link)]
    assert [link.url for link in onward] == ["https://www.nav.no/arkiv"]


LABEL = "Figurer og tabeller"


@pytest.mark.parametrize(
    ("links", "said"),
    [
        ([(f"{LABEL} 2025", "/a.xlsx"), (f"{LABEL} 2025", "/b.xlsx")], "2 links of 2025"),
        ([(f"{LABEL} 2024", "/b_2025.xlsx")], "says 2024, its file 'b_2025.xlsx' 2025"),
        ([(f"{LABEL} 2021-2025", "/b.xlsx")], "says 2021, 2025, its file 'b.xlsx' no year"),
        ([(LABEL, "/b.xlsx")], "says no year, its file 'b.xlsx' no year"),
        ([(f"{LABEL} 2025", "https://nav.no.example.org/a.xlsx")], "leads to https://nav.no.ex"),
        ([(f"{LABEL} 2025", "http://www.nav.no/a.xlsx")], "leads to http://www.nav.no/a.xlsx"),
        ([(f"{LABEL} 2025", "/a.pdf"), ("Tall", "/t.xlsx")], "the labels: 'Tall'"),
        ([(f"{LABEL} 2025 Årsgjennomsnitt", "/a.xlsx")], "without 'Årsgjennomsnitt'"),
    ],
)
def test_links_that_cannot_be_told_apart_or_followed(
    links: list[tuple[str, str]], said: str
) -> None:
    with pytest.raises(LinkNotFound) as refused:
        chosen(*links)
    assert said in str(refused.value)
    assert "Nothing was fetched" in str(refused.value)


def test_years_before_the_first_are_left_and_a_table_may_have_no_years() -> None:
    several = [(f"{LABEL} {year}", f"/{year}.xlsx") for year in (2023, 2025, 2024)]
    later = Choice(label=(LABEL,), first_year=2024)
    assert list(chosen(*several, choice=later)) == ["2024", "2025"]
    with pytest.raises(LinkNotFound, match="none is of 2026 or later"):
        chosen(*several, choice=Choice(label=(LABEL,), first_year=2026))
    one = Choice(label=(LABEL,), per_year=False, file="csv")
    assert chosen((LABEL, "/t.csv"), choice=one) == {"": "https://www.nav.no/t.csv"}
