"""Names of months in the languages of forms, made English, which patterns of strptime read on every machine."""

import re
from typing import Final
from unicodedata import normalize

ENGLISH: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
# One line a language, the months in order; several spellings and abbreviations of one are parted by `/`.
_NAMES: Final = (
    "january/jan february/feb march/mar april/apr may june/jun july/jul august/aug september/sept/sep october/oct"
    " november/nov december/dec",
    "januar/jänner/jan februar/feber/feb märz/mär/mrz april/apr mai juni/jun juli/jul august/aug september/sep"
    " oktober/okt november/nov dezember/dez",
    "janvier/janv février/févr/fév mars avril/avr mai juin juillet/juil août septembre/sept octobre/oct novembre/nov"
    " décembre/déc",
    "enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago septiembre/setiembre/sept/sep"
    " octubre/oct noviembre/nov diciembre/dic",
    "gennaio/gen febbraio/feb marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug agosto/ago settembre/set"
    " ottobre/ott novembre/nov dicembre/dic",
    "janeiro/jan fevereiro/fev março/mar abril/abr maio/mai junho/jun julho/jul agosto/ago setembro/set outubro/out"
    " novembro/nov dezembro/dez",
    "januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug september/sep oktober/okt"
    " november/nov december/dec",
    "styczeń/stycznia/sty luty/lutego/lut marzec/marca/mar kwiecień/kwietnia/kwi maj/maja czerwiec/czerwca/cze"
    " lipiec/lipca/lip sierpień/sierpnia/sie wrzesień/września/wrz październik/października/paź"
    " listopad/listopada/lis grudzień/grudnia/gru",
    "januari/jan februari/feb mars/mar april/apr maj juni/jun juli/jul augusti/aug september/sep oktober/okt"
    " november/nov december/dec",
    "januar/jan februar/feb marts/mar april/apr maj juni/jun juli/jul august/aug september/sep oktober/okt november/nov"
    " december/dec",
    "januar/jan februar/feb mars/mar april/apr mai juni/jun juli/jul august/aug september/sep oktober/okt november/nov"
    " desember/des",
    "leden/ledna únor/února březen/března duben/dubna květen/května červen/června červenec/července srpen/srpna"
    " září říjen/října listopad/listopadu prosinec/prosince",
)
MONTHS: Final = {
    normalize("NFC", name): ENGLISH[number]
    for language in _NAMES
    for number, month in enumerate(language.split())
    for name in month.split("/")
}
_WORD: Final = re.compile(r"([^\W\d_]+)\.?(?=$|[\W\d_])")
_ORDINAL: Final = re.compile(r"(\d)(?:st|nd|rd|th|er|º|ª)\b", re.IGNORECASE)


def with_english_months(text: str) -> str:
    """`text` with each month's name in English, written out; `2nd` and `1er` are the plain numbers. A dot after an
    abbreviation goes; other words stay as they are."""
    return _WORD.sub(_english, _ORDINAL.sub(r"\1", normalize("NFC", text)))


def _english(found: re.Match[str]) -> str:
    return MONTHS.get(found[1].lower(), found[0])
