"""The words that matter most, as hurried people misspell them; on folded text."""

import re
from typing import Final

from bot.classification.plain import Plain

MISSPELT: Final = {
    "inaccessible": r"in{1,2}ac{1,2}es{1,2}[aie]bles?",
    "indisponible": r"in{1,2}di?s?p?on{1,2}i?b(?:le|el|l|e)s?",
    "injoignable": r"injoi(?:gn|n|ng|ngn)[ai]b(?:le|el|l|e)s?",
    "unavailable": r"un{1,2}av(?:ail|al|il|ai)[ai]{0,2}b?(?:le|el|e)|unvailable",
    "available": r"av(?:ail|al|ai)[ai]{0,2}b(?:le|el|e)",
    "unreachable": r"unrea?ch[ea]{0,2}b(?:le|el)",
    "down": r"donw|dwon|dwn",
    "crashed": r"chrashed|crahsed|crached|crasched|crashd",
    "impossible": r"im{1,2}pos{1,3}i?b(?:le|el)s?",
    "database": r"databse|databese|databaes|datbase",
    "application": r"aplications?|ap{1,2}lica(?:ton|iton)s?",
    "paiement": r"pa(?:im|yem|imem|eim|iemm)ents?",
    "serveur": r"serv(?:uer|eru|eurr)s?|sevr?eurs?",
    "server": r"servr|srver|sevrer|sever(?= (?:is|not|down|unre))",
    "connecter": r"conect(?:er|ez|e)|conncter",
    "connect": r"conect|connct",
    "connection": r"conection|connecion|conncetion",
    "connexion": r"conexion|connextion",
    "fonctionne": r"fon[ck]?tion{1,3}e|foncitonne|fonctionn",
    "fonctionnent": r"fon[ck]?tion{1,2}ent",
    "access": r"ac{1,2}es{1,2}(?= (?:the|to|my|our|it|any|their|your))",
    "lost": r"lossed|loosed",
    "plus": r"(?:(?<=marche )|(?<=fonctionne )|(?<=repond )|(?<=arrive )|(?<=peut )|(?<=charge ))pu",
}
BEGIN: Final = "(?=[acdfilpsu][acehmnopruvw])"  # of each of them, to be quick
EACH: Final = re.compile(rf"\b{BEGIN}(?:{'|'.join(f'(?P<{word}>{forms})' for word, forms in MISSPELT.items())})(?!\w)")


def corrected(text: Plain) -> Plain:
    """The same text with these words as dictionaries have them, so that every table need not know how people hurry."""
    wrong = [each for each in EACH.finditer(text.folded) if each[0] not in (each.lastgroup, f"{each.lastgroup}s")]
    if not wrong:
        return text
    shown, folded, done = "", "", 0
    for each in wrong:
        right = each.lastgroup or ""
        shown += text.shown[done : each.start()] + right
        folded += text.folded[done : each.start()] + right
        done = each.end()
    return Plain(shown + text.shown[done:], folded + text.folded[done:])
