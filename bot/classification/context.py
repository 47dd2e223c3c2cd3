"""What changes the sense of bad news: it is over, a test, of no impact, only in part, only possible; on folded text."""

import re
from typing import Final

from bot.classification.patterns import words

OVER: Final = words(
    "(?<!un)resolved",
    "recovered",
    "restored",
    "cleared",
    "(?:is |are |was )?back (?:to normal|online|up|in service|again)",
    "(?:returned|return) to normal",
    "(?:all|everything) (?:is )?(?:ok|fine|good|normal)(?: again)?",
    r"(?:is|are) (?:now |back )?(?:up(?! ?(?:by|to|from|for|\d))|ok|healthy|online|operational|reachable"
    "|available|normal|fine)(?: again)?",
    "(?:up|available|working|reachable|online|healthy) again",
    "now (?:up|ok|healthy|available|online)",
    "no longer (?:down|unavailable|failing|unreachable|firing|offline|slow|degraded|unhealthy|full"
    "|unresponsive|blocked)",
    "(?:incident|alert|outage|issue|problem) (?:is |has been |was )?(?:over|closed|fixed|ended|resolved"
    "|cleared|solved)",
    "end of (?:the )?(?:incident|outage|alert)",
    "fixed",
    "solved",
    "(?<!in )(?<!disaster )recovery(?! mode)",
    "resolu(?:e|s|es)?",
    "retabli(?:e|s|es|ssement)?",
    "restaure(?:e|s|es)?",
    "retour (?:a la normale|en ligne|au vert|a un etat normal)",
    r"(?:de|a) nouveau (?:disponible|accessible|operationnel|en ligne|fonctionnel|joignable|normal|up)\w*",
    "(?:re)?fonctionne(?:nt)? (?:a |de )nouveau",
    "refonctionne(?:nt)?",
    "revenu(?:e|s|es)? (?:a la normale|en ligne|a un)",
    r"(?:tout est|tout va|est|sont) (?:bien |desormais |maintenant )?(?:rentre\w* dans l'ordre|ok|bien|stable"
    r"|normal\w*)",
    "(?:n'est|ne sont) plus (?:indisponible|en panne|down|degrade|injoignable|inaccessible|sature|bloque"
    r"|hors)\w*",
    "fin (?:de |d'|de l'|du )(?:incident|alerte|panne|coupure|probleme|l'incident)",
    r"(?:incident|alerte|panne|probleme) (?:est |maintenant )*(?:clos\w*|terminee?|fini\w*|regle\w*|leve\w*"
    r"|corrige\w*)",
    "corrige(?:e|s|es)?",
    "(?:re)?marche(?:nt)? (?:a |de )nouveau",
    "remarche(?:nt)?",
    "(?:alert|alerte|incident) (?:is )?(?:over|cleared|terminee?|levee?)",
    r"(?:disponible|accessible|operationnel\w*|joignable|en ligne|fonctionnel\w*) (?:a|de) nouveau",
    "fin d'alerte",
    "service (?:is )?operation(?:al|nel)",
    r"revenu(?:e|s|es)? (?:sous|a|au) (?:le |la |un |\d)\w*",
    r"(?:back|returned|down|fell) (?:to|below|under) (?:\d|normal|the threshold|threshold)\w*",
    "(?:repassee?s?|redescendue?s?) (?:sous|a|au|ok)",
    r"(?:incident|alerte?|panne|outage|probleme|problem|issue)(?: [\w'-]+){1,4}? (?:est|is|has been|a ete) (?:clos\w*"
    r"|closed|resolu\w*"
    r"|resolved|over|termine\w*|fini\w*|regle\w*|leve\w*|corrige\w*|fixed)",
    "false (?:alarm|positive|alert)s?",
    "fausses? alertes?",
    "faux positifs?",
    "incident clos",
    r"closing the (?:incident|alert|ticket)",
    r"up\]",
    "200 - ok",
    "monitor is up",
    "is up(?: again)?$",
)

WEAKLY_OVER: Final = words(
    "fixed",
    "solved",
    "recovery",
    "restored",
    "restaure(?:e|s|es)?",
    "corrige(?:e|s|es)?",
    "cleared",
    r"resolu(?:e|s|es)?",
    "resolved",
)
"""Believed of a title only when the text does not say that something is down."""
TAG_OVER: Final = re.compile(
    r"^\W*(?:\[?[\w -]{0,20}\]\s*)*\W*(?:resolved|recovered|recovery|cleared|closed|ok|up|resolue?s?|retablie?s?|clos"
    r"|fin d'alerte|termine)"
    r"(?: in \w+)?\s*(?:[\]:|-]|$)"
)
NOT_OVER_AFTER: Final = re.compile(
    r"^[ :,]*(?:(?:has|is|a|est|was|have|process|job|attempt|the|de|la|du|service|\w+) ){0,3}?(?:fail\w*|impossible"
    r"|echou\w*|en echec"
    r"|incomplete?|partiel\w*|partial\w*|mais|but|pas |not |in progress|en cours|toujours pas|attendu\w*|expected"
    r"|estimated"
    r"|prevue? )"
)
AFTERWARDS: Final = words(
    "malgre",
    "despite",
    "in spite of",
    "pourtant",
    "after",
    "following",
    "since",
    "suite a",
    "suite au",
    "apres",
    "depuis",
    r"exceed\w*",
    r"depasse\w*",
    r"overr[au]n\w*",
    "failed",
    r"echou\w*",
    "echec",
)
RELAPSE: Final = words("again", "de nouveau", "a nouveau", "encore", r"(?:then|puis)(?: \w+){0,4}? re\w+e")

TEST: Final = words(
    "(?:this is |ceci est |c'est )?(?:a |an |un |une |juste un )?(?:test|demo|dummy|sample|fake|example)"
    r" (?:alert|alarm|notification|message|incident|event|page|webhook|d'alerte|de notification)\w*",
    r"(?:this is|just|only) (?:a |an )?(?:test|drill|demo\w*)",
    "(?:ceci est|c'est|il s'agit d') ?(?:juste |seulement |bien )?(?:d'|un |une )*(?:test|essai|exercice"
    "|demonstration)",
    "(?:alerte|notification|message|incident|page) (?:de |d')(?:test|essai|demonstration|demo|exemple)",
    "for demonstration(?: purposes?)?", r"exercice (?:d'astreinte|de crise|d'alerte|d'incident|incident|planifie)",
    "(?:on-?call|fire|crisis|incident) ?drill",
    r"(?:ping|webhook|e-?mail|sms|alert(?:ing)?|notification|pager|integration|canal|channel"
    r"|alerte) test\w*(?!(?: \w+){0,2} (?:fail|echou|en"
    r" echec|ko))",
    r"test (?:de|d'|du|des|of|for) ?(?:la |le |l'|the |our |votre |your |notre )?(?:webhook|notification|alert|canal"
    r"|channel|integration|astreinte"
    r"|on-?call|configuration|bot|chaine|envoi|page|sms|mail)\w*(?!(?: \w+){0,2} (?:fail|echou|en echec|ko))",
    r"exercice (?:de |d'|du )?(?:bascule|pra|pca|restauration|reprise|secours|continuite|securite|cyber\w*|gestion)",
    r"(?:failover|dr|disaster recovery|restore|backup|security|chaos) (?:drill|exercise)",
    r"(?:planned|scheduled|prevu|planifie) (?:[\w-]+ )?(?:test|drill|exercise|exercice)", "hello world", "send test",
    r"(?:simulation|simulacre) (?:de |d')(?:crise|panne|incident|alerte)",
    r"(?:crisis|outage|incident|disaster) simulation",
    r"(?:incident|panne|outage|alerte|alert) (?:simule|fictif|simulated|fictional)\w*",
    r"simulated (?:incident|outage|alert)",
    r"fictif|fictive|fictional|fictitious", "game ?day", r"(?:not a real|no real|pas (?:de|un) vrai"
    r"|pas d'incident reel) ?(?:incident|alert\w*|panne|outage)?",
    r"test(?:ing)?[ ,.]+test(?:ing)?", "if you (?:can )?(?:read|see|receive) this",
    "si vous (?:lisez|voyez|recevez) (?:ceci|ce message|cela)",
    r"(?:integration|configuration|notification|webhook|alert\w*|notifications?) (?:channel )?test",
    "essai de (?:notification|configuration|webhook|l'alerte)",
    "someone is testing", "quelqu'un teste",
)  # fmt: skip

SHIELD: Final = (
    "(?:waf|firewall|fail2ban|crowdsec|cloudflare|antivirus|pare-?feu|anti-?ddos|rate limit(?:er|ing)?|captcha)"
)
NO_IMPACT: Final = words(
    r"no (?:\w+ )?(?:user |customer |service |production |business )?(?:impact|effect)s?(?! on (?:the )?(?:data"
    r"|billing|other))(?: on \w+)?",
    r"(?:aucun|sans|pas d')(?: |')?(?:impact|effet|consequence)\w*(?! sur (?:les |la |le )?(?:donnees|facturation"
    r"|autres))", "n'a (?:aucun|pas d') ?(?:impact|effet)",
    r"aucune? (?:utilisateur|client|usager|voyageur)s? (?:n'est |n'a ete )?(?:touche|impacte|affecte|concerne)\w*",
    r"no (?:users?|customers?|one|clients?) (?:is |are |was |were )?(?:affected|impacted|noticed)",
    "nobody (?:is |was )?(?:affected|impacted|noticed)",
    "(?:users?|customers?|service) (?:are |is )?(?:not|un)[ -]?(?:affected|impacted)",
    r"(?:utilisateurs|service|clients) non (?:impacte|affecte|touche)\w*",
    "(?:minor|mineure?|trivial) (?:bug|issue|defect|glitch|probleme|anomalie|defaut)",
    "(?:bug|defaut|anomalie|probleme) mineure?", r"cosmeti\w*",
    rf"(?:blocked|rejected|stopped|bloque\w*|rejete\w*|arrete\w*) (?:by|par) (?:the |our |le |la |notre )?{SHIELD}",
    rf"{SHIELD} (?:\w+ )?(?:blocked|stopped|bloque\w*|a bloque|rejected|arrete\w*)",
    "contournement (?:possible|disponible)",
    "workaround (?:exists|available)",
)  # fmt: skip

LIGHT: Final = words(
    "n(?:on|ot)[ -]?(?:blocking|bloquante?s?|urgente?|critical|critique)s?",
    "pas (?:tres |si |bien )?(?:grave|urgent|genant|critique|bloquant)s?", "no big deal",
    "nothing (?:urgent|serious|blocking)",
    "rien (?:d'urgent|de grave|de bloquant|de cassee?)", "nothing (?:is )?broken",
    r"not (?:a )?(?:big|serious|urgent|critical) ?\w*",
    "n'empeche (?:rien|personne|pas)", r"(?:doesn't|does not) (?:prevent|block|stop) \w+",
    "gene(?:s)? (?:mineure|legere)", "genant mais",
    "(?:minor|slight) (?:annoyance|inconvenience|nuisance)", "when convenient",
    "quand (?:vous|tu) (?:aurez|auras|avez) le temps",
    "at your convenience", "nice to have", "low (?:risk|priority)", "priorite basse", "faible priorite",
    "sans gravite", "anodin",
    "tried again and", "retried (?:and|with success|successfully|ok)", r"reessaye\w* (?:avec succes|et)",
    "(?:relance|reessaye|recharge|rafraichi) et",
    "after a (?:refresh|reload|retry)", "apres (?:un )?(?:rafraichissement|rechargement|nouvel essai|avoir (?:relance"
    "|recharge))",
    r"ponctuel\w*", "one-off", "isole(?:e|s|es)?", "isolated", "(?:just |only )?once",
    "une (?:seule )?fois(?! sur| par)",
    "peut attendre", "can wait",
    "(?:aucun|pas d')(?: |')?urgence", "no rush", "no hurry", "a l'occasion", "en attendant on peut",
    "(?:il (?:existe|y a)|avec|voici) (?:un |une )?contournement",
    r"contournement(?= ?:(?! ?(?:aucun|pas |non|neant|-)))", "(?:there is|we have|using) an? (?:easy "
    "|simple )?work-?around", r"work-?around(?= ?:(?! ?(?:no\b|none|n/a|-)))",
    "(?:restart|recover|restor|reconnect|heal|retri|mend|rolled)e?d? (?:itself|automatically|by itself|back(?! fail))",
    "automatically (?:restarted|recovered|restored|reconnected|retried|rolled back)", "self-?healed",
    r"(?:redemarre|relance|reconnecte|retablie?|reparti)\w* (?:automatiquement|tout seul|toute seule|de lui-meme)",
    "(?:still|toujours) (?:on|at|with|sur|en|dans) (?:the |its |la |l'|sa )?(?:previous|old|last|ancienne|precedente"
    "|derniere)",
    "(?:retour|revenu|bascule) (?:automatique )?(?:a|sur|vers) (?:la |l')?(?:v\\d|version|ancienne|precedente)\\S*",
    r"(?:previous|old) (?:version|containers?|release|image)s? (?:is |are )?(?:still )?(?:runs?|running|serv\w+|kept"
    r"|back|live)",
    r"(?:ancienne?s?|precedente?s?) (?:version|conteneur|image)s? (?:toujours )?(?:tourne|sert|reste|continue"
    r"|en place)\w*",
    r"(?:fonctionne|tourne|marche)(?:nt)? (?:toujours |encore )?(?:avec|sur|en) (?:la |l'|une )?(?:ancienne"
    r"|precedente)",
)  # fmt: skip
"""They lower what is bad by one level: those who write them have seen it."""

HYPOTHETICAL: Final = re.compile(
    r"\b(?:may|might|could(?! not)|would|will (?:soon )?(?:be|become|go|run|fail|stop)|risks?|risques?|at risk"
    r"|risk of|pourrai(?:t|ent)"
    r"|peu(?:t|vent) (?:devenir|tomber|entrainer|provoquer|causer|etre)|risque de|devrait|bientot|soon|predict\w*"
    r"|prevision"
    r"|about to|sur le point|potenti\w*|en cas de|to avoid|pour eviter|almost|nearly|presque|sera"
    r"|seront)(?: [\w'-]+){0,5} *$"
)

TEST_TAG: Final = re.compile(
    r"^\s*(?:\[\w+\]\s*)*(?:\[\s*(?:test|exercice|exercise|drill|demo|simulation)\s*\]|(?:test|exercice|exercise"
    r"|drill|simulation)\s*:"
    r"|(?:test|exercice|exercise|drill|simulation|essai|demo)\W*$|test alert\s*$)"
)
STARTS_AS_TEST: Final = re.compile(r"^\s*(?:\[?\s*)(?:test|tests|testing|essai)\b")
REAL: Final = re.compile(r"(?:\bnot|n't|\bpas|\bno|\baucune?)(?: (?:just|only|seulement|juste|d'|un|une|a|an|the))* *$")
NEGATED: Final = re.compile(
    r"(?:\b(?:no|not|never|without|isn't|aren't|wasn't|zero|0|aucune?|sans|pas|plus|non|jamais|nothing(?: is| was"
    r"| seems)?|rien(?: n'est)?"
    "|no longer|not yet|neither|ni)|n't)(?: (?:de|d'|des|any|a|an|the|en|more|currently|actuellement|longer"
    "|encore|fully|completely|entierement|totalement|be|been|visible|new|other))*[ ']*$"
)
NOT_OVER: Final = re.compile(
    r"(?:\b(?:not|never|un|partially|partly|partiellement|en partie|presque|almost|nearly|until|once|when|to be"
    r"|will be|cannot be|can't be|could not be|be|non|pas|toujours"
    " pas|jusqu'a|quand|lorsque|fois|sera|seront|etre|failed to be|n't|fails?)(?: (?:yet|encore|been|fully"
    "|completely|entierement|totalement|be|is|has|completement|a ete))*[ -]*$)"
)
CLAUSES: Final = re.compile(
    r"[.;!?\n|]+(?=\s|$)|\n"
    r"|\s(?:mais|but|however|cependant|toutefois|although|though|alors que|while|neanmoins|sauf|except)\s"
)
STILL: Final = words("still", "yet", "toujours", "restent?", "reste", "remains?", "encore", "again down")
SHARE: Final = re.compile(r"\b(\d{1,3}) ?(?:of|out of|sur|/) ?(?:the |les )?(\d{1,3})(?!\d|%| ?%|/)")
ENDS_OR_FILLS: Final = re.compile("expir|full|plein|satur|fill|space|espace")
FILLING: Final = re.compile(
    r"out of (?:dis[ck]|inode|memory|space)|full|plein|satur|space|espace|memory|memoire|conne(?:ct|x)ion|pool|quota"
    r"|queue"
)

STATE: Final = re.compile(
    r"(?:is|are|est|sont) (?:bien )?(?:up|ok|healthy|online|operational|reachable|available|normal\w*|fine|good|bien"
    r"|stable)"
)
BEFORE: Final = words(
    "was", "were", "had", r"etai\w+", "now", "again", "back", "maintenant", "desormais", "nouveau", r"redevenu\w*"
)

HOWEVER: Final = re.compile(r"\s(?:mais|but|however|cependant|toutefois|pourtant|sauf que)\s([^.;!?\n]+)")
"""Good news, *but*."""
NOT: Final = re.compile(
    r"\b(?:ne|no|not|cannot|never|pas|plus|aucune?|sans|without|nobody|nothing|rien|personne)\b|n't|\bn'"
)
