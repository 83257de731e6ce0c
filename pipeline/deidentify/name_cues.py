"""Words around a name: what leads up to one, what follows one, and what is never one."""

from __future__ import annotations

import re

from pipeline.deidentify.bags import bag
from pipeline.deidentify.numbers import MONTHS, PIECE

TITLES = bag(
    "dr doctor mr mister mrs missus miss ms prof professor sir dame nurse sister father pastor reverend "
    "rev judge sergeant constable officer auntie aunty aunt uncle nana nanny koro papa matua whaea"
)
STRONG_TITLES = bag("dr doctor mr mister mrs missus ms prof professor reverend rev constable")
INTRODUCES = re.compile(
    r"(?:\b(?:name(?:'s| is| was)|names|called|named|known as|(?:can|just|people) say|call me|calls me|call (?:him|her|them)|goes by|go by|went by|spelt|nickname(?:'s| is)|surname(?:'s| is)|name of|"
    r"this is (?:doctor|dr)|i'?m (?:doctor|dr)|speaking to|speaking with|talking to|is it|is that|that'll be|say hi to|say hello to|introduce(?: you to)?|"
    r"my (?:name|surname) is (?:dr|doctor))) $"
)
MAY_INTRODUCE = re.compile(
    r"(?:^|\b)(?:i'?m|i am|this is|it's|its|that's|here's|we have|met|meet|(?:her|his|my|our|their|the|an?) (?:\w+ )?(?:wife|husband|partner|son|daughter|brother|sister|"
    r"mum|mom|mother|dad|father|friend|mate|boyfriend|girlfriend|boss|manager|colleague|cousin|nephew|niece|grandson|granddaughter|baby|ex|flatmate|neighbour|"
    r"surgeon|registrar|nurse|consultant|gp|midwife|teacher|carer|supervisor|patient|man|woman|lady|guy|kid|boy|girl)) $"
)
GREETS = re.compile(
    r"(?:^|\b)(?:hi|hello|hey|hiya|thanks|thank you|cheers|morning|afternoon|evening|bye|goodbye|welcome|welcome back|dear|sorry|oh|poor|kia ora|night|ask|tell|told|asked|for|with|and|about|from) $"
)
SALUTES = re.compile(
    r"(?:^|\b)(?:hi|hello|hey|hiya|thanks|thank you|cheers|good morning|good afternoon|good evening|bye|goodbye|welcome|welcome back|dear|poor|kia ora|take care|over to you|well done|nice one|see you|and you|what about you|what do you think|go on|okay|so) $"
)
HAILS = re.compile(r"(?:^|\b)(?:hi|hello|hey|thanks|thank you|cheers|bye|hello it's|hi it's) $")
ARTICLES = bag("the a an")
BEFORE_NOUNS = ARTICLES | bag("some any of my your very to i you we they it in")
VERB_NEXT = bag(
    "is was has had said says told goes went asked tells asks thinks thought wants wanted comes came "
    "you're you you've can will would could do does did"
)
PRONOUNS = bag(
    "i you he she it we they me him her us them my your his its our their mine yours who what which that "
    "this these those there here"
)
NEVER = bag(
    "i i'm i've i'd i'll it's that's a an the and or but if so no yes yeah okay ok yep nope hi hello hey "
    "bye thanks please sorry well oh ah um uh right sure great good fine not just like really very all "
    "any some my your his her our their of to in on at by for with from as is are was were be been being "
    "do does did have has had can could would should must might shall you he she it we they me him us "
    "them what who where when why how which this that these those then than there here now up down out "
    "off over back again once yesterday today tomorrow mum mom dad mother father gp god jesus christ lord "
    "dr doctor mr mister mrs missus ms prof professor ha haha heh aye naw kia ora nan nana nanny gran granny grandma "
    "grandpa grandad"
) | frozenset(MONTHS) - {"april", "may", "june", "august", "jan", "jun", "mar"}


# A disease or sign that bears somebody's name: "Bowen's disease".
EPONYMOUS = re.compile(r"^ (?:disease|syndrome|palsy|cysts?|contracture|lymphoma|sarcoma|manoeuvre|nodes?)\b")
# A dose behind a word: "Fifty micrograms", "two at night".
DOSED = re.compile(
    rf"^(?: (?:and|the|a|{PIECE})){{0,5}} ?(?:milligrams?|micrograms?|mgs?|mcgs?|mls?|mils?|tablets?|puffs?|at night|in the morning|a day|times a day|once a day|twice a day|daily)\b"
)
