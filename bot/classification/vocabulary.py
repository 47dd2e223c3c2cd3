"""Parts of patterns that several tables share: who, what, and how it fails; on folded text."""

from typing import Final

GOOD: Final = (
    "(?:respond(?:ing|s)?|answer(?:ing|s)?|available|reachable|accessible|work(?:ing|s)?|serving|up|online"
    "|start(?:ing|ed)?|running|load(?:ing|s)?|healthy|connect(?:ed|ing)?|operational|alive|disponibles?"
    "|accessibles?|joignables?|en ligne|operationnel(?:le)?s?|fonctionnel(?:le)?s?|demarre(?:e|s|es)?"
    "|connecte(?:e|s|es)?)"
)
FAILS: Final = r"(?:fail(?:s|ed|ing|ure|ures)?(?! ?over)|is failing|broken|echou\w*|en echec|echec)"
VERB_FR: Final = (
    "(?:repond(?:ent|ait|aient)?|fonctionne(?:nt)?|marche(?:nt)?|(?:re)?demarre(?:nt)?|(?:re)?lance(?:nt)?"
    "|(?:re)?part(?:ent)?|remonte(?:nt)?|charge(?:nt)?|affiche(?:nt)?"
    "|tourne(?:nt)?|ouvre(?:nt)?|passe(?:nt)?|reagi(?:t|ssent)|boote(?:nt)?|resou(?:t|dre)|resolvent|sert|servent"
    "|accepte(?:nt)?|traite(?:nt)?|se connecte(?:nt)?)"
)


STEP: Final = r"(?: (?!(?:not?|pas|sans|mais|but)\b)[\w'./%-]+,?)"
CORE: Final = (
    "(?:site|web ?site|web ?shop|e-?shop|shop|store|boutique|portail|portal|e-?commerce|market ?place|sso|espace client"
    "|applis?|applications?|apps?|api|plat(?:e-?)?form(?:e)?|services?|servers?|serveurs?|databases?"
    "|data ?base|db|base(?: de donnees)?|bdd|postgres\\w*|supabase|login|sign[ -]?in|auth\\w*|connexion|paiements?"
    "|payments?|checkout|front ?end|back ?end|reservations?|bookings?|production|prod|prd|cluster)"
)
BROKEN: Final = (
    r"(?:broken|dead|off|unusable|inoperative|inoperant\w*|gone|cassee?s?|plante(?:e|s|es|r)?|morte?s?"
    r"|coupee?s?|eteinte?s?"
    "|inutilisables?|frozen|figee?s?|bloquee?s?|blocked|mortes?|par terre|a terre|dans les choux|kaput|toast|dark|black"
    "|foutue?s?)"
)
BEING: Final = r"(?:is|are|was|were|has been|have been|est|sont|'s|a l'air|semble|looks|seems)"
ADVERB: Final = (
    r"(?:\w+ly|\w+ment|all|now|still|again|just|toujours|encore|tous|toutes|tout|switched|turned|powered|a present)"
)
PERSON: Final = (
    "(?:users?|usrs?|customers?|clients?|visitors?|visiteurs?|travell?ers?|voyageurs?|passengers?|passagers?|people"
    "|utilisateurs?|utilisatrices?|usagers?|abonnes?|adherents?|internautes?|employees|salaries|members?|tenants?|clts?"
    "|subscribers?|riders?|drivers?|conducteurs?|conductrices?|chauffeurs?|shoppers?|buyers?|acheteurs?|acheteuses?"
    "|guests?|merchants?|commercants?|patients?|students?|eleves|etudiants|parents|participants?|beneficiaires"
    "|citizens|citoyens|readers|lecteurs|players|joueurs|viewers|commuters|locataires|clientes?|clientele|gens|folks"
    "|consumers?|consommateurs?|restaurateurs?|livreurs?|couriers?|sellers?|vendeurs?|covoitureurs?)"
)
NOT_HIT: Final = r"(?! (?:[\w']+ ){0,2}?(?:impact|affect|touche|concern|complain|notice|report|plaint|remarque)\w*)"
CHECKED: Final = (
    "(?:checks?|verifications?|sondes?|probes?|locations?|regions?|checkpoints?|monitors?|requests?|requetes?"
    "|quer(?:y|ies)|calls?|appels?|endpoints?|pages?|urls?|routes?|targets?|cibles?|hosts?|backends?|pods?|nodes?"
    "|noeuds?|instances?|replicas?|servers?|serveurs?|services?|connections?|connexions?|transactions?|payments?"
    "|checkers?|paiements?|logins?|orders?|commandes?|bookings?|reservations?|attempts?|tentatives|points?|zones?"
    "|agences?|sites?|cards?|cartes?(?! routi)"
    r"|consumers?|consommateurs?|workers?)"
)
FAILING: Final = (
    r"(?:fail\w*|echou\w*|echec\w*|en erreur|errors?|erreurs?|time[sd]? ?-?outs?|timing out|down|ko|hs|unreachable"
    r"|bounc(?:e|es|ed|ing)|injoignables?|500|50\d|dead|offline|rejet\w*|reject\w*|refus\w*|unavailable"
    r"|indisponibles?|rouges?|red"
    r"|declin\w*|denied|bloque\w*|blocked|not ?ready"
    r"|crash\w*|40[0134]|oom ?killed|disconnected|deconnectee?s?|redirect\w*|en croix|muettes?|muets?"
    r"|coupee?s?|eteinte?s?|arretee?s?|a l'arret|suspendue?s?|hors (?:tension|ligne|service)|plantee?s?)"
)
