"""Whom and what it hits: everybody or a few, the service or something beside it; on folded text, French and English."""

import re
from typing import Final

from bot.classification.patterns import words
from bot.classification.vocabulary import NOT_HIT, PERSON

PARTIAL: Final = words(
    "some", "certaine?s?", "quelques", "partial(?:ly)?", "partielle?(?:ment)?s?", "partiel", r"intermitt\w*",
    r"sporadi\w*", "par moments", "occasional(?:ly)?", "sometimes", "parfois", "de temps en temps",
    "(?:one|1|a single|un|une|un seul|une seule) (?:of|sur|replica|replique"
    r"|noeud|node|worker|instance (?:sur|of|out))\w*",
    rf"(?:a|an|one|1|a single|un|une|un seul|une seule) (?:seule? )?{PERSON}",
    r"(?:une?|one|1|deux|two|2) (?:[\w-]+ ){0,2}?(?:sur|of|out of|in) (?:the |les |nos |our )?(?:deux|trois|quatre"
    r"|cinq|six|dix|two|three"
    r"|four|five|ten|\d+)", "la moitie", "half (?:of|the)", "redundan(?:t|cy)", r"redondan(?:t|ce)\w*",
    r"(?<!no )(?<!without )(?<!pas de )(?<!aucun )(?<!sans )(?<!since the )(?<!after the )(?<!after )"
    r"fail(?:ed)? ?over(?! fail| did| could| n)",
    "(?<!pas de )(?<!aucune )(?<!sans )(?<!depuis la )(?<!apres la )(?<!suite a la )"
    r"bascule(?:e|ment)?(?! en echec| impossible| echou)", "degraded",
    "mode degrade", "a few", "handful",
    "poignee", "dizaine", "plusieurs", "several", "minorit[ey]", "one (?:page|feature|region|endpoint|az)",
    "une? (?:page(?! (?:(?:d'|de |par |du )(?:erreur|maintenance|parking|attente|defaut|navigateur)|parking|blanche"
    r"|vide|noire|500|50))|fonctionnalite|region)", "beta",
    r"(?:only|seulement|uniquement) (?:on|sur|for|pour|les?|in|en|the)",
    r"(?:from|in|at|on|for|a|depuis|pour|en|sur|dans|with|avec) [\w'-]+(?: [\w'-]+){0,3}? (?:only|seulement"
    r"|uniquement)",
    "android", r"i ?os", r"i ?phones?", r"i ?pads?",
    r"(?:une?|one|1) (?:des|of the|of our|of) (?:deux|trois|quatre|cinq|six|two|three|four|five|six|\d+|nos|our)",
    "safari", "firefox", "part of (?:the )?", r"une partie d\w*", "share of",
)  # fmt: skip

METHOD: Final = words(
    "pay ?pal",
    r"apple ?pay",
    r"google ?pay",
    "amex",
    "american express",
    "klarna",
    "alma",
    "sepa",
    "bancontact",
    "ideal",
    "gift ?cards?",
    "cartes? cadeaux?",
    "vouchers?",
    "bons? cadeaux?",
    r"cheques?[ -]vacances",
    r"titres?[ -]restaurants?",
    "coupons?",
    "codes? promo",
    "promo(?:tion)? codes?",
    "discount codes?",
    "facebook",
    r"(?:avec|with|via|par|by|using) (?:google|apple|microsoft|github|git hub|france ?connect)",
    r"(?:google|apple|microsoft|france ?connect) (?:login|sign-?in|sso|auth\w*)",
    "instagram",
    "linked ?in",
    "whats ?app",
)
"""One way of several to pay, or to come in."""

EVERY_METHOD: Final = re.compile(
    r"\b(?:aucune?|no|all|every|tous les|toutes les) (?:paiement|payment|card|carte|transaction|commande|order|login"
    r"|connexion)"
    r"|\b(?:ni|nor|both)\b"
)

SIDE: Final = words(
    "(?:pg ?|mysql)dump", "(?<!ni )(?<!nor )sshd?", "snmp", "rdp", "telnet",
    r"interfaces? (?:eth|en|gi|te|fa|po|ge|lan|vlan|bond)\S*",
    "exporter", "(?:replica|replique)(?!s)",
    "(?:read|db|database|postgres|pg|mysql|redis|mongo|lecture) ?(?:replicas|repliques)", "standby", "secondary",
    "secondaire", "slave", "backups?", "sauvegardes?",
    "runner", "documentation", "docs", "wiki", "cron ?(?:job|tab)?s?", "tache planifiee", "batch", "newsletter",
    "mailing", "smtp", "mailer", r"statisti\w*", "analytics", "avatars?", "exports?", "pdf", "blog", "scheduler",
    "planificateur", r"ab[- ]?test\w*", "variantes?", "variants?", "agent", "sidekiq", "celery", "tracking",
)  # fmt: skip

TOOLS: Final = words(
    "monitoring", "supervision", "grafana", "prometheus", "alertmanager", "metrics?", "metriques?", "logs",
    "logging(?! in| on| into)",
    "kibana", "sentry", "zabbix agent", "ci", "pipeline", "build",
)  # fmt: skip
"""Beside the point when they fail; often only named as who says it ("Monitoring: site down")."""

FEATURE: Final = words(
    "imprimantes?", r"printers?", "etiquettes", "vpn", "wi-?fi", "nas", "badgeuse", "intranet", "erp", "crm",
    r"compta\w*", "fax", "visio", "standard telephonique",
    r"stocks?", "suivi(?: de colis)?", "tracking", "relances?", "panier abandonne", "frais de port", "catalogue",
    "catalog", "newsletter", "chatbot", "codes? promo",
    "e-?mails?", "mails?", "courriels?", "sms", "search", "recherche", "rapports?",
    r"reports?(?! (?:the|that|a|an|our|no|it|\w+ing|\w+ (?:is|are)))", "reporting",
    "dashboards?", "tableau(?:x)? de bord", "images?(?! pull)", "photos?", r"upload\w*", "televersement",
    "imports?", "push",
    "notifications?", "webhooks?", "workers?", "queue", "file d'attente", "cache", "redis", "back-?office", r"admin\w*",
    "chat", "commentaires?", "comments?", "filtres?", "filters?", "button", "bouton", "favoris", "favou?rites",
    "historique", "history", "traductions?", "fonctionnalites?", "features?", "function", "modules?", "widgets?",
    "geolocali[sz]ation", r"geoloc\w*", "(?<!par )(?<!ni )cartes?(?! ni| bancaire| bleue| de credit)", "map", "maps",
    "profile?s?",
    "facturation", "billing", r"invoic\w*",
    "connecteurs?", "connectors?", "meteo", "weather", "(?:confirmation|reset|invitation|activation|magic)[ -]links?",
    "liens? (?:de |d')(?:confirmation|reinitialisation|activation|invitation)",
    "partenaires?", "partners?", "fournisseurs?(?! d'| de paiement| de service)", "prestataires?(?! de paiement)",
    "suppliers?", "vendors?",
    "(?<!hosting )(?<!cloud )(?<!dns )(?<!payment )(?<!identity )(?<!auth )(?<!login )(?<!sso )(?<!internet )"
    "providers?",
    "third[- ]party", "tiers", "tierce", "reinitialisation", "password[ -]reset", "reset password",
    "mots? de passe oublies?", "forgot(?:ten)? password", "apple pay", "google pay", "pay ?pal",
    "thumbnails?",
    "vignettes?", "recommandations?", "recommendations?", "suggestions?", r"autocomplet\w*", "parrainage", "referral",
    "formulaire", "form", "messagerie", "mailbox", "onglet", "tab", "calendrier", "calendar", "badges?", "classement",
    "statut page", "status page", "export", "impression", r"print\w*", "tri", "sorting", "settings", "reglages", "avis",
)  # fmt: skip

CORE: Final = words(
    "site", "web ?site", "plat(?:e-?)?form(?:e)?", "appli", "web ?shop", "e-?shop", "shop", "store(?! procedure)",
    "boutique", "portail", "portal", "e-?commerce", "market ?place", "sso", "espaces? clients?", "tt",
    r"(?=prod)(?<![\[(])(?<!en )(?<!in )(?<!on )(?<!de )prod",
    "base(?: de donnees)?", "bdd", "database", "db",
    r"postgres\w*",
    "supabase", "login", "sign[ -]?in", "log[ -]?in", r"auth\w*", "connexion", "paiements?", "payments?", "checkout",
    "pay",
    "reservations?", "bookings?", "home ?page", "accueil", "payer", "entire", "whole", "nobody", "(?:plus )?personne",
    "se connecter", r"(?=prod)(?<!en )(?<!in )(?<!on )(?<!de )prod(?:uction)? (?:est|is)", "everything", "tout est",
)  # fmt: skip
"""What the service is; "service", "server", "API" and "app" say it only when no feature gives them its name."""

GENERIC: Final = words("services?", "servers?", "serveurs?", "api", "apps?", "applications?", "front ?end", "back ?end")
NAMED_AFTER: Final = re.compile(r"^[ -]*(?:(?:de|du|d'|des|la|le|les|l'|d|of|the|pour|for|-|:|') ?){0,3}$")

EVERYONE: Final = words(
    rf"(?<!not )all (?:of )?(?:the |our |your )?(?:{PERSON}|{PERSON}'s)", rf"(?:every|each|any) {PERSON}",
    rf"no {PERSON}{NOT_HIT}",
    rf"(?:tous|toutes) (?:les|nos|mes|ces) (?:\w+ )?{PERSON}", rf"chaque {PERSON}", rf"l'ensemble des {PERSON}",
    rf"aucune? {PERSON}{NOT_HIT}", "(?<!not )every(?:one|body)", "(?<!pas )tout le monde",
    rf"(?:nobody|no ?one)(?! (?:is |was |has )?(?:wait\w*|need\w*|us(?:es|ing))){NOT_HIT}",
    "personne ne",
    r"(?:every|all|toutes les|tous les|chaque) (?:the )?(?:requests?|requetes?|calls?|appels?|pages?|logins?"
    r"|connexions?|paiements?|payments?|orders?|commandes?|transactions?)",
    r"android(?: [\w']+){0,3} i ?(?:os|phone)s?", r"i ?(?:os|phone)s?(?: [\w']+){0,3} android", "qui que ce soit",
    r"pour tou(?:s|tes)(?= *$|[ ,.!] )", r"for all(?= *$|[,.!])",
    "(?:la totalite|l'ensemble|l'integralite) des?", r"quel(?:le)?s? que soi(?:t|ent)",
    r"whatever (?:the )?(?:browser|device|phone|network|page|account|location|they|we|one|user)\w*",
    "peu importe (?:le|la|l'|quel)", "regardless of", "whichever", "quiconque", "n'importe qui", "anyone", "anybody",
    "whoever",
    r"personne n'\w+", "100 ?%", "partout", "everywhere", "whole", "entire", r"toute? l\w+", r"totale?(?:ment|ly)?",
    r"complete(?:ly|ment)?", "entirely",
    "entierement", r"general(?:e|ised|ized)", "generalisee?", "site[- ]wide", "global(?:e|ly|ement)?",
)  # fmt: skip

CUSTOMERS: Final = words(
    PERSON,
    "everyone",
    "everybody",
    "tout le monde",
    "nobody",
    "no ?one",
    "qui que ce soit",
    "anyone",
    "public app",
    "le public",
    r"personne n(?:e|'\w+)",
)
"""Who has them is in production."""

FINE: Final = (
    "(?:works?|working|fine|ok|okay|unaffected|unchanged|normal|normaly|normally|good|available|up|functional|running"
    "|healthy|reachable|well|marche(?:nt)?|fonctionne(?:nt)?|va bien|vont bien|tourne(?:nt)?|passe(?:nt)?|normale?s?"
    r"|normalement|accessibles?|disponibles?|operationnel\w*|repond(?:ent)?|tient|tiennent|bien|intacte?s?)"
)
REST: Final = re.compile(
    rf"\b(?:the rest|rest of|the remainder|everything else|all else|anything else|existing|current"
    rf"|(?:all )?(?:the )?other"
    rf"(?: [\w-]+){{1,4}}?)(?: of)?(?: [\w'-]+){{0,4}}? {FINE}\b(?! (?:not|plus|pas))"
    rf"|\b(?:le reste|les autres(?: [\w'-]+){{1,4}}?|l'autre(?: \w+)?|tout le reste)(?: [\w'-]+){{0,4}}? {FINE}\b"
    r"(?! (?:plus|pas))"
    r"|\b(?:still|toujours|encore|keeps?) (?:works?|working|possible|available|usable|serv\w+|up|disponible"
    r"|utilisable|ok"
    r"|fonctionnel\w*|reachable)\b|\b(?:reste(?:nt)?|remains?) (?:possible|utilisable|disponible|accessible|available"
    r"|usable|ok|fonctionnel)\w*|\b(?:but|mais) (?:still )?(?:usable|utilisable)|\busable (?:but|though)"
    r"|\b(?:we|they|users?|customers?|people|you) can still (?!not)|\bpeu(?:t|vent) (?:encore|toujours|quand meme"
    r"|tout de"
    r" meme)|\bon peut s'en servir|\b(?:est|sont|is|are) (?:still |correctly |quand meme )?(?:served|servie?s?)\b"
    r"|\b(?:sert|serves|handles?|prend|takes?) (?:all|tout|the|le|la)? ?(?:\w+ )?(?:traffic|trafic|relais|over)\b"
    rf"|\b(?:site|appli\w*|app|service|api) (?:elle-meme|lui-meme|itself)(?: \w+)? {FINE}\b(?! (?:not|plus|pas))"
    r"|\b(?:(?:fallback|de secours)(?!(?: [\w'-]+){0,3}? (?:indispo\w*|hs|ko|down|fail\w*|dead|mort\w*|en panne|ne"
    r"|not|too|aussi"
    r"|unavailable|kaput)\b)|falls? back (?:on|to) (?!0|zero|normal)|se rabat sur|traffic (?:was )?moved|trafic"
    r" bascule|page (?:de )?cache|la liste marche|the list works"
    r"|continue(?:nt|s)? (?:de |a |to )?(?:fonctionn|march|work|serv|repond)\w*)"
)
"""The service can be used, but for what fails."""

SINGLE: Final = words(
    rf"(?:one single|a single|only one|just one|un seul|une seule|seulement une?|uniquement une?) (?:\w+ )?(?:{PERSON}"
    "|requests?|requetes?|calls?|appels?|fois|time|occurrence|poste)",
    r"(?<!from )(?<!depuis )(?:my|mon|sur mon) (?:\w+ )?(?:old |vieil? |vieux )?"
    r"(?:ipad|iphone|phone|laptop|pc|poste|telephone|browser|navigateur|ordinateur|mac|android)",
)  # fmt: skip

BLOCKED: Final = (
    "(?:blocked|stopped|halted|on hold|impossible|stuck|suspended|interrupted|prevented|held up|jeopardi[sz]ed)"
)
BLOQUE: Final = (
    r"(?:bloque\w*|impossibles?|arrete\w*|a l'arret|suspendu\w*|interrompu\w*|compromis\w*|empeche\w*"
    r"|en attente|gele\w*|en suspens|en stand-?by)"
)
AIM: Final = (
    r"(?:releases?|validations?|validate|validating|sign-?offs?|go-?live|deliver\w+|acceptance|uat|qa|testers?"
    r"|testing|tests?"
    r"|launch|demo|rollout|ship\w*|recette|livraisons?|mep|mise en prod\w*|version|qualification|testeurs?|homologation"
    r"|sprint|jalon|deploiements?|deployments?|lancement|valider|livrer|tester)"
)
BLOCKS: Final = words(
    r"(?:releases?|livraisons?|mep|go-?live|mise en prod\w*|launch|lancement|deploy\w*"
    r"|deploiement)(?: [\w'.:-]+){0,7}? (?:postpon\w*|reporte\w*|decale\w*|repousse\w*|compromis\w*|at risk"
    r"|en danger|menace\w*|jeopard\w*|slip(?:s|ped)?|miss(?:ed|es)?)",
    "bloquante?s?", "blockers?", "show-?stoppers?", rf"{AIM}(?: [\w'.:-]+){{0,5}}? (?:cannot|can't|can not"
    rf"|ne peu\w+ (?:pas|plus)) (?:\w+ )?"
    r"(?:continue|proceed|start|go on|resume|begin|happen|take place|avancer|continuer|demarrer|reprendre|commencer"
    r"|avoir lieu|se faire)\w*",
    r"(?:cannot|can't|cant|can not|unable to|impossible to|not able to|couldn't|could not|no way to|nobody can"
    r"|no one can)"
    r" (?:\w+ ){0,2}?(?:validat\w*|test\w*|accept\w*|sign(?:ed)?[ -]?off|approv\w*|releas\w*|ship\w*|demo|qualif\w*"
    r"|verif\w*|deliver\w*|go live|check the release)",
    r"(?:impossible (?:de|d')|ne peu\w+ (?:plus|pas)(?: etre)?|empeche\w*(?: [\w']+){0,3}?(?: de| d')?|incapables? de"
    r"|(?:plus|pas) (?:possible|moyen) de|n'arriv\w+ (?:plus|pas) a) ?(?:\w+ )?(?:(?:la |les |le |des )?)(?:valid"
    r"|recett|livr|test|qualifi|sign"
    r"|deploy"
    r"|mettre en prod|homolog)\w*",
    rf"{AIM}(?: [\w'.:-]+){{0,6}}? (?:is |are |be |was |est |sont |a ete |reste |remains )*(?:{BLOCKED}|{BLOQUE}"
    rf"|cannot (?!be "
    r"(?:reproduced))|can't)",
    rf"{AIM}(?: [\w'.:-]+){{0,3}}? (?:attend(?:ent)?|waits?|(?:is|are) waiting|est en attente)",
    rf"(?:block(?:s|ing|ed)?|bloqu(?:e|ent|ant|ees?)|prevents?|preventing|holds? up|stops"
    rf"|empeche(?:nt)?)(?: [\w'.-]+){{0,4}}? "
    rf"(?:[ld]')?{AIM}",
)  # fmt: skip
NOT_BLOCKED: Final = re.compile(
    r"\b(?:not|isn't|doesn't|don't|aren't|no|nothing|never|without|aucune?|sans|rien|non)\b(?: [\w'-]+){0,2} ?$"
    r"|\b(?:ne|n') ?(?:[\w']+ ){0,2}$"
)
FREELY: Final = re.compile(
    r"\b(?:n'est|ne sont|n'a|ne bloque\w*|not|isn't|aren't|no longer|ne l'est) ?(?:pas|plus|block\w*)?\b"
)

VISIBLE: Final = words(
    "backups?", "sauvegardes?",
    "la moitie", "half (?:of|the)", r"affichee?s?", "displayed", "shown", "visibles?",
    "50[0-4]", r"certificat\w*", "certs?", "certifs?", "tls", "ssl", "(?:error|failure) rate",
    r"taux d'(?:erreur|echec)\w*",
    r"slow\w*(?! quer| log)", r"latenc\w*", r"lent\w*", r"ralenti\w*", r"respon(?:se|d)\w*", r"repon\w*",
    r"time ?-?outs?",
    "timed out", "5xx", "4xx",
    "https?", r"requests?", r"requetes?", "pages?", "urls?", r"traffic", "trafic", "ingress", "gateway", "proxy",
    "front", "web", "rame",
    r"charge(?:nt|ment)\b", "apdex", "slo", "sla", "error budget", "refused", "rejected",
)  # fmt: skip
"""What those who use the service notice."""
