"""What a column's name says about it: whose it is, and whether it speaks of what comes after the first contact.

A name alone refuses nothing that tells nothing: it is a hint, taken together with what the column shows.
"""

import re
from functools import lru_cache
from typing import Literal

Hint = Literal["strong", "medium"]

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_APART = re.compile(r"[\W_]+")


def _joined(pattern: str) -> re.Pattern[str]:
    """A pattern written over several lines."""
    return re.compile("".join(line.strip() for line in pattern.splitlines()))


@lru_cache(maxsize=4096)
def spoken(name: str) -> str:
    """`LeadStatus_Date` as `lead status date`."""
    return " ".join(_APART.sub(" ", _CAMEL.sub(" ", name)).casefold().split())


# What cannot be known before the end: how it ended, when, why, and what came of it.
_STRONG = _joined(r"""
    \b(close[sd]?|closing|closure|won|win|lost|loss|lose|outcome|result|results|converted|conversion(?! rate)|
    disposition|cancell?ed at|cancell?ation (date|reason)|churn(ed)? (date|reason)|
    (loss|lost|win|won|rejection|reject|close|discard(ed)?|disqualif\w+|churn|junk|nurtur\w+) reason|
    reason (lost|for loss|for losing|won)|discarded|disqualified|deal (value|amount|size|stage|status)|
    (order|purchase|contract|invoice|payment|signature|signed|booking) (date|id|number|value|amount|total|status)|
    revenue (won|booked|generated)|(booked|closed|won|actual) (revenue|value|amount)|became (a )?customer|
    customer since|is customer|reservation status|leakage|post snapshot|after (contact|conversion|close)|
    verloren|gewonnen|abgeschlossen|abschluss\w*|verlustgrund|ergebnis|absagegrund|ablehnungsgrund|
    auftrags(wert|datum|nummer)|perdu|gagné|gagne|clôture|cloture|motif de perte|résultat|resultat|signature|
    perdid[oa]|ganad[oa]|cierre|cerrad[oa]|motivo de pérdida|motivo de perdida|resultado|ganh[oa]|fechamento|
    fechad[oa]|motivo da perda|chius[oa]|chiusura|esito|vint[oa]|motivo perdita|gesloten|reden verlies)\b
""")
# What is filled or counted while somebody works on the lead.
_MEDIUM = _joined(r"""
    \b(tags?|label|labels|duration|durat\w+|
    (lead|deal|opportunity|sales|account|contact|call|crm|pipeline|follow ?up|current) (status|stage|state|
    quality|rating|grade|profile|owner|rank|temperature|phase)|
    owner|stage|substage|funnel|milestone|
    (last|latest|final|most recent|recent) (notable )?(activity|action|contact|contacted|touch|call|call\w*|
    email|modified|update|updated|seen|interaction|engagement|note|response|visit date|event)|
    notable activity|modified|updated( at| on)?|
    (activity|engagement|profile|behaviou?r|lead|sales|asymmetri\w+)\b.*\b(score|index|rating|grade|quality)|
    asymmetri\w+|days since last|last \d+ days|touches|outbound|follow ?ups?|
    (number|no|nr|num|n|count|total|times)( of)? (calls?|emails?|meetings?|contacts?|attempts|follow ?ups?|
    touches|activities|notes|interactions|responses)|
    (calls?|emails?|meetings?|activities|attempts|touches|interactions) (made|sent|held|count|logged|total)|
    sales activit(y|ies)|calls|meetings|(sales|outbound|follow ?up) (calls?|emails?|visits?)|(call|
    contact) (attempts?|count|result|notes?)|contacted|reached|responded|
    response time|replied|(sales|account) (rep|person|agent|manager|executive)|salesperson|salesman|agent|
    assigned( to| user| at| rep)?|assignee|rep|sdr|bdr|sr|sales id|sdr id|sr id|handled by|worked by|
    (demo|meeting|proposal|quote|offer|trial) (completed|held|sent|done|date|booked|status|given|scheduled|attended)|
    opportunity (created|id|amount|value|stage)|proposals?|quot(e|ation)s?|negotiation|remarks?|comments?|
    notes?|next (step|action|activity)|(sales|deal) cycle|age(ing)? (of|in) (lead|stage|days)|elapsed|
    days (in|to|open)|time to|assigned room type|waiting list|bearbeitungsstatus|verantwortlich\w*|zuständig\w*|
    letzte (aktivität|aktivitaet|änderung|anderung|bearbeitung)|dauer|gesprächsdauer|
    anzahl (anrufe|e ?mails|kontakte|termine)|bearbeiter|vertriebler|wiedervorlage|notiz\w*|bemerkung\w*|statut|
    propriétaire|proprietaire|dernière (activité|action|modification)|derniere (activite|action|modification)|
    durée|duree|commercial|nombre d (appels|emails)|remarque\w*|étape|etape|
    última (actividad|modificación|atividade|modificação)|
    ultima (actividad|modificacion|atividade|modificacao|attività|attivita|modifica)|duración|duracion|duração|
    duracao|durata|vendedor|responsable|propietario|responsável|responsavel|proprietario|etapa|fase|notas|
    observaciones|observações|eigenaar|laatste activiteit|duur)\b|^status$|^(score|grade|rating|
    temperature)$|^lead status$|^fase$
""")
# Of an earlier time, or of the person's own life: known before this lead came.
_EARLIER = _joined(r"""
    \b(previous\w*|prior|prev|past|earlier|historical|history|before|first|initial|original|home|house|marital|
    civil|employment|emp|family|credit|residence|vorherig\w*|früher\w*|erste[rs]?|précédent\w*|premier|première|
    anterior\w*|primer\w*|primeir\w*)\b
""")
# The first answer of those who work on the lead is after its capture, though it is called first.
_ANSWERED = re.compile(r"\b(first|initial) (response|reply|answer|call|attempt)\b|\b(to|until) first\b")
_IDENTIFIER = _joined(r"""
    \b(id|ids|uuid|guid|key|number|no|nr|num|nummer|ref|reference|code|hash|index|numéro|número|row)\b|^unnamed|
    ^column \d
""")
_PERSON = _joined(r"""
    \b(first|last|full|contact|customer|client|lead|person|sur|nick|user|family|given|vor|nach)? ?names?\b|
    \b(surname|firstname|lastname|vorname|nachname|e ?mail|mail|phone|telephone|mobile|telefon|handy|tel|fax|
    whatsapp|address|street|adresse|straße|strasse|ip|linkedin|twitter|prénom|nom|nombre|apellido|nome|cognome|
    dirección|endereço|téléphone|teléfono|ssn|passport|iban)\b
""")
_STAFF = _joined(r"""
    \b((sales|account|lead|deal|opportunity|contact) (rep|agent|person|manager|executive|owner|team)|owner|
    salesperson|salesman|agent|assigned( to| user| rep)?|assignee|sales rep\w*|rep|sdr|bdr|handled by|worked by|
    created by|modified by|bearbeiter|vertriebler|verantwortlich\w*|zuständig\w*|betreuer|propriétaire|
    commercial|vendedor|responsable|propietario|responsável|eigenaar)\b( name)?
""")
_YEAR = _joined(r"""
    \b(year|yr|jahr|année|annee|año|ano|anno)\b
""")
_LIFE = _joined(r"""
    \b(birth|born|found(ed|ation)?|establish\w+|built|construct\w+|since|geburt\w*|gründ\w*|model|vintage|
    grad\w*)\b
""")
_WHEN = _joined(r"""
    \b(date|time|day|at|on|created|timestamp|datum|zeit|fecha|data|when|dt)\b
""")
_CODE = _joined(r"""
    \b(zip|zipcode|postal|postcode|plz|code|area|cp)\b
""")


def afterwards(name: str) -> Hint | None:
    """Does the name speak of what comes after the first contact? None for what was before."""
    said = spoken(name)
    if _EARLIER.search(said) and not _ANSWERED.search(said):
        return None
    return "strong" if _STRONG.search(said) else "medium" if _MEDIUM.search(said) else None


def names_identifier(name: str) -> bool:
    """Does the name say that it numbers or names things?"""
    return _IDENTIFIER.search(spoken(name)) is not None


def names_person(name: str) -> bool:
    """Does the name say that it holds names, addresses or numbers of people?"""
    return _PERSON.search(spoken(name)) is not None


def names_staff(name: str) -> bool:
    """Does the name say that it holds who works on the lead? That is decided after capture, and names people."""
    said = spoken(name)
    return _STAFF.search(said) is not None and _EARLIER.search(said) is None


def names_year(name: str) -> bool:
    """Does the name say that it holds a year of the business, not of somebody's life?"""
    said = spoken(name)
    return _YEAR.search(said) is not None and _LIFE.search(said) is None


def names_time(name: str) -> bool:
    """Does the name say that it holds a date?"""
    return _WHEN.search(spoken(name)) is not None


def names_code(name: str) -> bool:
    """Does the name say that its digits are a code, not a quantity?"""
    return _CODE.search(spoken(name)) is not None


# Words that a person at work leaves in a cell: what came of a call, how a deal ended.
_WORK = _joined(r"""
    \b(closed|won|lost|converted|not converted|ringing|no answer|not answering|not reachable|unreachable|
    wrong number|invalid number|switched off|busy|call ?back|voice ?mail|left message|will revert|
    not interested|interested in other|do not call|in touch|contacted|follow ?up|negotiation|proposal|
    disqualified|not picking|number not|opp hangup|meeting (booked|held)|verloren|gewonnen|kein interesse|
    nicht erreicht|rückruf|perdu|gagné|pas intéressé|injoignable|rappeler|perdido|ganado|no contesta|
    no interesado|não atende|sem interesse)\b
""")


def speaks_of_work(levels: list[str]) -> bool:
    """Do two or more of the answers sound like what a person at work notes down?"""
    return sum(1 for level in levels if _WORK.search(level)) >= 2
