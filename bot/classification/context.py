"""What changes the sense of bad news: a test, of no impact, only in part, only possible; on folded text."""

import re
from typing import Final

from bot.classification.patterns import words

TEST: Final = words(
    "(?:this is |ceci est |c'est )?(?:a |an |un |une |juste un )?(?:test|demo|dummy|sample|fake|example)"
    r" (?:alert|alarm|notification|message|incident|event|page|webhook|d'alerte|de notification)\w*",
    r"(?:this is|just|only) (?:a |an )?(?:test|drill|demo\w*)",
    "(?:ceci est|c'est|il s'agit d') ?(?:juste |seulement |bien )?(?:d'|un |une )*(?:test|essai|exercice"
    "|demonstration)",
    r"test (?:du |the |of |de )?(?:media type|type de media)",
    "(?:alerte|notification|message|incident|page(?! de test (?:in|hs|ko|en |ne |bl|down|est))|webhook|appel|envoi"
    "|payload|e-?mail|sms) (?:de |d')(?:test|essai"
    "|demonstration|demo|exemple)",
    r"(?:this |the |cette |l'|cet )?(?:alarm|alert|alerte|alarme|incident|panne|page|message)s? (?:is|was|are|were"
    r"|est|etait) (?:only |just |juste |bien )?(?:a |an |une |un )?(?:simulation|drill|exercise|exercice|test|essai"
    r"|rehearsal|repetition)",
    r"(?:just|only) (?:checking|testing)(?! (?:shows|reveals))",
    r"je (?:teste|verifie)(?: juste)? (?:le|la|l'|que|les|mon|notre) ?(?:canal|alert\w*|notification\w*|webhook|bot"
    r"|integration|chaine|astreinte|configuration)",
    r"(?:checking|testing|verifying) (?:that |if |whether )?(?:this |the |our )?(?:channel|webhook|integration"
    r"|alert\w*|notification\w*|bot|pager)",
    "for demonstration(?: purposes?)?", r"exercice (?:d'astreinte|de crise|d'alerte|d'incident|incident|planifie)",
    "(?:on-?call|fire|crisis|incident) ?drill",
    r"(?:ping|webhook|e-?mail|sms|alert(?:ing)?|notification|pager|integration(?! tests)|canal|channel"
    r"|alerte) test\w*(?!(?: \w+){0,2} (?:fail|echou|en"
    r" echec|ko|red|rouge|broken|casse))",
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
    r"(?:integration|configuration|notification|webhook|alert\w*|notifications?|contact point|channel|receiver"
    r"|pager) (?:channel )?test",
    "essai de (?:notification|configuration|webhook|l'alerte)",
    "someone is testing", "quelqu'un teste",
)  # fmt: skip

SHIELD: Final = (
    "(?:waf|firewall|fail2ban|crowdsec|cloudflare|antivirus|pare-?feu|anti-?ddos|rate limit(?:er|ing)?|captcha)"
)
NO_IMPACT: Final = words(
    r"(?:no|sans|aucun|without|pas de) (?:visible |noticeable |apparent )?(?:slowdown|slowness|ralentissement"
    r"|lenteur|downtime|degradation|gene|symptom\w*|symptome)s?(?! (?:expected|prevu))",
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
    r"(?:purely|only|just|merely|purement|uniquement|seulement|simplement|strictement) (?:visual|visuel\w*|aesthetic"
    r"|esthetique|graphique|graphical|cosmetic|cosmetique|informati\w+)",
    r"(?:visual|graphical) (?:only|glitch)", "gene (?:purement )?(?:visuelle|esthetique)", "benign", "benigne?",
    "inoffensi(?:f|ve)s?", "harmless",
    "contournement (?:possible|disponible)",
    "workaround (?:exists|available)",
)  # fmt: skip

LIGHT: Final = words(
    "n(?:on|ot)[ -]?(?:blocking|bloquante?s?|urgente?|critical|critique)s?",
    "pas (?:tres |si |bien )?(?:grave|urgent|genant|critique|bloquant)s?", "no big deal",
    "nothing (?:urgent|serious|blocking)",
    "rien (?:d'urgent|d'important|de (?:grave|bloquant|cassee?|genant|mechant|dramatique|serieux|critique|vital))",
    r"(?:une seule|un seul|only one|a single) (?:utilisat\w+|client\w*|usager\w*|users?|customers?|abonne\w*)",
    "nothing (?:is )?broken",
    r"not (?:a )?(?:big|serious|urgent|critical) ?\w*",
    "n'empeche (?:rien|personne|pas)", r"(?:doesn't|does not) (?:prevent|block|stop) \w+",
    "gene(?:s)? (?:mineure|legere)", "genant mais",
    "(?:minor|slight) (?:annoyance|inconvenience|nuisance)", "when convenient",
    "quand (?:vous|tu) (?:aurez|auras|avez) le temps",
    "at your convenience", "nice to have", "low (?:risk|priority)", "priorite basse", "faible priorite",
    "sans gravite", "anodin",
    r"(?:tiny|small|petite?|minuscule) (?:thing|issue|detail|nit|bug|souci|truc|glitch|remarque|anomalie|defaut"
    r"|defect|probleme|problem)s?", "nit ?pick(?:ing)?", "juste un detail",
    r"(?:marche|worked|reussi|passe|passed|succeeded) (?:au|on|a la|on the|at the) (?:deuxieme|second|2e"
    r"|2nd) (?:essai|try|attempt|tentative|coup|fois)", r"(?:l'|un )?aspect (?:purement )?visuel",
    r"(?:nobody|no ?one|personne)(?: ne)?(?: (?:has|s'est|n'a|s'en est))? (?:complained|noticed|plaint|plainte?"
    r"|remarque|reported)\w*(?: yet)?",
    r"(?:small|minor|petite?|leger|legere|slight|tiny) (?:[\w-]+ )?(?:problem|issue|detail|defect|bug|souci|probleme"
    r"|defaut|glitch|anomalie)s?",
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
    r"|about to|sur le point|potenti\w*|en cas de|to avoid|pour eviter|almost|nearly|presque(?! tou)|sera"
    r"|seront)(?: [\w'-]+){0,5} *$"
)

TEST_TAG: Final = re.compile(
    r"^\s*(?:\[\w+\]\s*)*(?:\[\s*(?:test|exercice|exercise|drill|demo|simulation)\s*\]|(?:test|exercice|exercise"
    r"|drill|simulation)\s*:"
    r"|(?:test|exercice|exercise|drill|simulation|essai|demo)\W*$|test alert\s*$)"
)
STARTS_AS_TEST: Final = re.compile(r"^\s*(?:\[?\s*)(?:test|tests|testing|essai)\b")
REAL: Final = re.compile(
    r"(?:\bnot|n't|\bpas|\bno|\baucune?)(?: (?:just|only|seulement|juste|d'|un|une|a|an|the))* *$"
    r"|\b(?:during|pendant|lors|au cours|after|apres|following|suite|instead|since|depuis|because|en raison)"
    r"(?: (?:of|de|d'|du|a|au|the|a|an|la|le|un|une|l'|our|notre|planned|last))*[ ']*$"
)
NEGATED: Final = re.compile(
    r"(?:\b(?:no|not|never|without|isn't|aren't|wasn't|zero|(?<![\d.,])0|aucune?|sans|pas|plus|non|jamais"
    r"|nothing(?: is| was"
    r"| seems)?|rien(?: n'est)?"
    "|no longer|not yet|neither|ni)|n't)(?: (?:de|d'|des|any|a|an|the|en|more|currently|actuellement|longer"
    "|encore|going|coming|fully|completely|entierement|totalement|be|been|visible|new|other))*[ ']*$"
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

DENIES: Final = re.compile(r"\b(?:ne |n')")
NONE_OF: Final = re.compile(r"\b(?:no|without|aucune?|sans|pas de|plus de)(?: [\w'-]+){0,2} $")
"""Before what would help, if there were one: "no server in reserve", "aucun serveur de secours"."""
IF_EVER: Final = re.compile(
    r"\b(?:when|if|whenever|si|quand|lorsque|des que|des qu') ?(?:ever )?(?:something|anything|quelque chose|(?:a"
    r"|any|one of|your|un|une|vos?|votre) (?:\w+ )?"
    r"(?:services?|monitors?|alerts?|alertes?|incidents?|checks?|sondes?|sites?|pannes?))\b[^,.;]*"
)
"""What is said of the day when it fails, not of today."""
HOWEVER: Final = re.compile(r"\s(?:mais|but|however|cependant|toutefois|pourtant|sauf que)\s([^.;!?\n]+)")
"""Good news, *but*."""
NOT: Final = re.compile(
    r"\b(?:ne|no|not|cannot|never|pas|plus|aucune?|sans|without|nobody|nothing|rien|personne)\b|n't|\bn'"
)
