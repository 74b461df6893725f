"""The words of the set BLIND: what agencies put before, after and into a place (see `geocode_blind`)."""

from __future__ import annotations

BEFORE = {
    "log": ("", "", "", "INC AT ", "LOC - ", "UNITS TO ", "ATTENDED ", "INFT AT ", "CALLER O/S ", "MISPER LOCATED AT ", "PREMS - ", "R/O ", "P/UP FROM ",
            "INFO REC'D RE ", "T/C FROM ", "FEMALE SAT O/S ", "OPP ", "ADJ TO ", "OIC REQ VISIT "),
    "notes": ("", "", "", "Was staying overnight at ", "Says the party was at ", "Mum followed her to ", "Collected from ", "She has been going to ",
              "Home visit - ", "Keyworker dropped him at ", "concerns raised re ", "Spends time at ", "Phone pinged near "),
    "register": ("", "", "", "", "", "Premises: ", "Site address: ", "The Occupier, ", "Licence holder c/o ", "Trading from "),
    "missing": ("", "", "Found: ", "Found at ", "LSA ", "Last seen ", "Returned from ", "Whereabouts when missing: ", "RHI - said was at ", "Recovered from "),
    "charity": ("", "", "think its ", "sounds like ", "meets them by ", "they all go to ", "cars waiting outside ", "keeps mentioning ", "picked up from ",
                "went round to "),
}  # fmt: skip
AFTER = {
    "log": ("", "", "", "", " VRM {vrm}", " T/N 0161 496 0{n3}", " - CALLER ANON", " GRADE 2", " ETA {n2} MINS", " STORM {n4}/{n2}", " @ {time}",
            " 5X5X5 B/2/2", " - NFA", " (TOP BUZZER)", " X{d} CALLS"),
    "notes": ("", "", "", "", " - see chronology", " aged 15", " until about {time}", " with an older male", " - TBC with CSC", " since {date}",
              " (mum's ex lives there)", ". School informed.", " more than once"),
    "register": ("", "", "", "", "", " (Grade {d})", " PREM{n4}", " from {date}", " on and off sales", " - hours 11:00-{time}", " (pending)"),
    "missing": ("", "", "", "", " at {time}", " on {date}", " safe and well", " - with {d} others", " / MP{n4}", " by unit {n2}", " alone"),
    "charity": ("", "", "", "", " i think", " most fridays", " - not 100% sure", " after school", " ({d} of them)", " shes only 14", " ask for the manager"),
}  # fmt: skip
RELATIONS = (
    "R/O ",
    "O/S ",
    "OPP ",
    "ADJ TO ",
    "CALLER O/S ",
    "FEMALE SAT O/S ",
    "meets them by ",
    "cars waiting outside ",
    "Phone pinged near ",
)
KINDS = {
    "Street": (("St", "St.", "ST", "Str"), ("Srt", "Sreet", "Stret", "Stt")), "Road": (("Rd", "Rd.", "RD"), ("Rod", "Rds", "Roard", "Roa")),
    "Avenue": (("Ave", "Av", "Ave."), ("Avenu", "Avnue", "Anenue")), "Lane": (("Ln", "La", "Lane."), ("Lan", "Laine", "Lain")),
    "Close": (("Cl", "Cl.", "Clse"), ("Cloes", "Cls", "Colse")), "Drive": (("Dr", "Dr.", "Drv"), ("Driv", "Drve", "Drivr")),
    "Crescent": (("Cres", "Cresc"), ("Cresent", "Crecent", "Crsnt")), "Gardens": (("Gdns", "Gdn"), ("Gardns", "Grdns", "Garden")),
    "Terrace": (("Terr", "Ter"), ("Terrece", "Terace", "Trrce")), "Court": (("Ct", "Crt"), ("Cort", "Courte", "Coutr")),
    "Grove": (("Gr", "Gro", "Grv"), ("Grov", "Grobe")), "Way": (("Wy",), ("Waye", "Wya")), "Place": (("Pl", "Plc"), ("Plase", "Palce")),
}  # fmt: skip
SHORT = {"Victoria": "Vic", "Station": "Stn", "Church": "Ch", "Queen": "Qn", "London": "Ldn", "Manor": "Mnr", "Albert": "Alb", "Green": "Grn",
         "North": "Nth", "Great": "Gt", "Little": "Lt", "Upper": "Upr", "East": "E.", "Nether": "Nthr", "House": "Ho", "Railway": "Rlwy",
         "Chicken": "Chkn", "Hotel": "Htl", "Restaurant": "Rest", "Market": "Mkt", "Park": "Pk"}  # fmt: skip
WELSH = {"High Street": "Stryd Fawr", "Church Street": "Stryd yr Eglwys", "Station Road": "Ffordd yr Orsaf", "Mill Lane": "L\u00f4n y Felin",
         "Park Road": "Heol y Parc", "Green Lane": "L\u00f4n Las", "Queen Street": "Heol y Frenhines", "King Street": "Heol y Brenin",
         "New Street": "Stryd Newydd", "London Road": "Ffordd Llundain", "Church Lane": "L\u00f4n yr Eglwys"}  # fmt: skip
WELSH_KINDS = {"Street": "Stryd", "Road": "Heol", "Lane": "L\u00f4n", "Close": "Clos", "Avenue": "Rhodfa", "Drive": "Rhodfa", "Court": "Llys",
               "Grove": "Gelli", "Terrace": "Teras", "Way": "Ffordd", "Gardens": "Gerddi"}  # fmt: skip
HEARD = (("leigh", "lee"), ("bourne", "born"), ("worth", "wurth"), ("combe", "coomb"), ("stead", "sted"), ("ridge", "rige"), ("field", "feild"),
         ("thorn", "forn"), ("kirk", "curk"), ("wick", "wich"), ("mere", "mear"), ("ness", "niss"), ("port", "pawt"), ("gate", "gait"),
         ("over", "ova"), ("ham", "um"), ("hart", "heart"), ("marl", "mall"), ("ton", "tun"), ("ing", "in"), ("qu", "kw"), ("ey", "y"), ("ea", "ee"),
         ("oo", "ou"), ("ss", "s"), ("nn", "n"), ("mm", "m"), ("pp", "p"), ("c", "k"), ("z", "s"))  # fmt: skip
SEEN = (("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("li", "h"), ("vv", "w"), ("w", "vv"), ("l", "1"), ("i", "l"), ("o", "0"), ("e", "c"),
        ("h", "b"), ("g", "q"), ("u", "v"))  # fmt: skip
SEEN_FIGURES = {"0": "O", "1": "I", "5": "S", "8": "B"}
SOUND_ALIKE = {"B": "DPV", "D": "BTE", "P": "BTE", "T": "DPE", "E": "BDP", "N": "M", "M": "N", "F": "S", "S": "FX", "A": "HJ", "H": "A", "J": "AG",
               "G": "J", "Q": "U", "U": "QW", "X": "S", "L": "R", "R": "L", "W": "Y", "Y": "W", "Z": "S"}  # fmt: skip
KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
COUNTIES = ("Lancs", "Lancashire", "W Yorks", "West Yorkshire", "Gtr Manchester", "Cheshire", "Co Durham", "S. Yorks", "Staffs", "Clwyd", "Merseyside",
            "Cumbria")  # fmt: skip
ESTATES = (
    "Hollins",
    "Moorside",
    "Fernhill",
    "Beacon",
    "Lakeside",
    "Mount Pleasant",
    "Willowbank",
    "Highfields",
)
HOUSES = (
    "Rose Cottage",
    "The Lodge",
    "Ivy House",
    "Flat above",
    "Wheatsheaf Buildings",
    "Moorview",
    "Bay Tree House",
    "The Old Bakery",
)
CARE_OF = ("c/o landlord", "c/o nan", "c/o aunt", "c/o reception", "c/o support staff")
ABOVE = (
    "1st Floor",
    "Ground Floor",
    "Gnd Flr",
    "Basement",
    "2nd flr",
    "Unit 3",
    "Unit 2A",
    "Suite B",
    "First and Second Floor",
    "Rear of",
)
FLATS = (
    "Flat {d}, ",
    "Flat {d} ",
    "flt {d}, ",
    "Apt {d}, ",
    "Apartment {d} ",
    "Room {d}, ",
    "Rm {d} at ",
    "Bedsit {d}, ",
    "Flat {a}, ",
    "F{d} ",
)
ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
        "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy")
VAGUE = (
    "streets around {town}", "sofa surfing {town}", "flat of an unknown male, {town}", "in transit A{n} northbound", "unspecified hotel in {town}",
    "one of the takeaways {town}", "several addresses in {outcode}", "{locality} or maybe {other}", "out and about {town}", "not disclosed",
    "would not say", "WhatsApp, no physical location", "Instagram live", "home of a friend she will not name", "older lad's place near {town}", "n/k",
    "refused", "as above", "same as last time", "various premises {locality}", "canal towpath {locality}", "behind some shops in {town}", "{town} generally",
    "nr bus stop {town}", "a travel lodge somewhere off the A{n}", "underpass {town}", "service station on the motorway", "drove round {town} in his car",
    "woodland {locality}", "town ctr {town}", "centre of {town}", "{outcode} area", "between {town} and {other}", "airbnb {town}", "{town} night time economy",
    "no fixed abode {town}", "outside a primary school in {town}", "at work", "on a train to {other}", "in his white van",
)  # fmt: skip
