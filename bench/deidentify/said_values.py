"""What invented people are called, where they live and work: the values `say.py` draws from.

Names and places that exist are there because many bear them or live there; together they describe nobody.
"""

from __future__ import annotations


def _each(listed: str) -> list[str]:
    return " ".join(listed.split()).split(", ")


UNITS = _each(
    """
    zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen,
    fifteen, sixteen, seventeen, eighteen, nineteen
    """
)

TENS = _each(
    """
    zero, ten, twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety
    """
)

ORDINALS = _each(
    """
    first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth, eleventh, twelfth,
    thirteenth, fourteenth, fifteenth, sixteenth, seventeenth, eighteenth, nineteenth, twentieth,
    twenty-first, twenty-second, twenty-third, twenty-fourth, twenty-fifth, twenty-sixth, twenty-seventh,
    twenty-eighth, twenty-ninth, thirtieth, thirty-first
    """
)

MONTHS = _each(
    """
    January, February, March, April, May, June, July, August, September, October, November, December
    """
)

LOCALES = _each(
    """
    en_GB, en_GB, en_US, en_NZ, en_NZ, en_IN, en_IE, de_DE, fr_FR, pl_PL, es_ES, zu_ZA, tw_GH, id_ID,
    en_KE, hr_HR, it_IT, tr_TR, nl_NL
    """
)

MAORI_AND_MORE = _each(
    """
    Aroha, Wiremu, Hemi, Ngaire, Anahera, Tane, Kahu, Manaia, Sione, Tevita, Mele, Viliami, Salote, Lupe,
    Ioane, Malia, Losa, Wei, Jing, Xin, Mei, Ling, Hui, Yan, Priya, Kavita, Arjun, Deepak, Nisha, Fatima,
    Yusuf, Ibrahim, Layla, Chidi, Ngozi, Kwame, Ama, Thandi, Sipho, Siobhan, Niamh, Aoife, Tadhg,
    Angharad, Rhys, Callum, Eilidh, Joe, Sam, Ben, Tess, Minh, Thuy, Linh, Hiroshi, Yuki, Jisoo, Minjun,
    Tomasz, Agnieszka, Olga, Dmitri
    """
)

MORE_SURNAMES = _each(
    """
    Ngata, Pohatu, Rewiti, Parata, Tamihana, Tupou, Taufa, Fonua, Latu, Leota, Tuala, Zhao, Liang, Huang,
    Nguyen, Tran, Venkatesh, Krishnan, Iyer, Raman, Singh, Patel, Okafor, Adeyemi, Mensah, Dlamini,
    Szymanski, Marinkovich, McIvor, O'Sullivan, MacLeod, Whitcombe, Mainwaring, Featherstone, Ashcroft,
    Gallagher, Pemberton, Hargreaves, Abernathy, Goldberg, Fitzgerald, Yamamoto, Kim, Papadopoulos,
    Ivanova
    """
)

SUBURBS = _each(
    """
    Naenae, Wainuiomata, Petone, Johnsonville, Karori, Papakura, Manurewa, Otara, Mosgiel, Flaxmere,
    Masterton, Tawa, Streatham, Peckham, Hackney, Didsbury, Headingley, Clifton, Bermondsey, Māngere,
    Tokoroa, Palmerston North, Lower Hutt, Glen Innes
    """
)

TOWNS = _each(
    """
    London, Leeds, Bristol, Glasgow, Auckland, Dunedin, Croydon, Reading, Bath, Norwich, Swindon, Cardiff,
    Hamilton, Nelson, Stockport, Luton, Mumbai, Lagos, Chengdu, Manila, Apia, Kraków, Dublin, Birmingham,
    Southall, Walthamstow
    """
)

COUNTRIES = _each(
    """
    Spain, India, Nigeria, Poland, Fiji, China, Jamaica, Pakistan, Tonga, Samoa, Brazil, Kenya, Turkey,
    Greece, Thailand
    """
)

NATIONALITIES = _each(
    """
    Nigerian, Polish, Samoan, Tongan, Māori, Chinese, Indian, Pakistani, Somali, Jamaican, Croatian,
    Syrian, Korean, Fijian, Scottish, Muslim, Jewish
    """
)

JOBS = _each(
    """
    teacher, lawyer, accountant, bus driver, electrician, plumber, builder, chef, software engineer,
    primary school teacher, receptionist, police officer, hairdresser, personal trainer, graphic designer,
    journalist, bricklayer, waitress, cleaner, barrister
    """
)

RARE_JOBS = _each(
    """
    falconer, lighthouse keeper, beekeeper, taxidermist, glass blower, organist, bell ringer, sheep
    shearer, tugboat captain, puppeteer, luthier, farrier
    """
)

STREET_ENDS = _each(
    """
    Road, Street, Avenue, Lane, Close, Drive, Crescent, Terrace, Gardens, Way, Place, Grove, Hill, Court,
    Square, Mews
    """
)

STREET_STEMS = _each(
    """
    Tirangi, Lewin, Acacia, Kowhai, Station, Church, Victoria, High, Ashby, Penrose, Rimu, Hawthorn, Mill,
    Queen's, Park, Elm Tree, Saint John's, King Edward, Old Kent, Burnside, Totara, Wakefield, Canterbury,
    Larkspur
    """
)

AREAS = _each(
    """
    SW, NW, SE, N, W, E, EC, WC, CR, BR, LS, M, B, BS, G, EH, CF, OX, RG, NE
    """
)

PRACTICES = _each(
    """
    Babylon, GP at Hand, Riverside Surgery, Elm Tree Medical Centre, Kelburn Practice, Push Doctor,
    Hillview Clinic, Livi, Newtown Medical Centre
    """
)

HOSPITALS = _each(
    """
    Hutt Hospital, Saint Thomas' Hospital, Middlemore, Guy's Hospital, Royal Oldham Hospital, Kenepuru
    Hospital, Addenbrooke's Hospital, Waikato Hospital, King's College Hospital, Royal Infirmary
    """
)

WARDS = _each(
    """
    Rimu ward, Ward Five South, Kōwhai House, Te Rama unit, Ward twelve, Nightingale ward, Tōtara ward,
    Byron ward, Ward six west
    """
)

SCHOOLS = _each(
    """
    Saint Hilda's College, Onslow College, Wellington Girls' College, Park View Primary School, Eltham
    High School, Saint Mary's School, Rangitoto College
    """
)

COMPANIES = _each(
    """
    Harbour Valley Coaches, Fletcher Building, Hendersons Bakery, Northgate Logistics, Fulton Hogan,
    Barclays, Mainfreight
    """
)

TEAMS = _each(
    """
    Partick Thistle, Wigan Athletic, Leeds United, Aston Villa, Crystal Palace, Hurricanes, Petone Rovers
    """
)
