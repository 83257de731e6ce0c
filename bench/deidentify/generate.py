"""Invented talk with known identifiers: templates filled from Faker, said as people say things.

    python -m bench.deidentify.generate --seed 1 --count 400 [--bare] [--show]

Templates are ours; names, streets and towns come from Faker's locales; numbers are said as words, with
fillers and stutters. A development set: it shows what a change breaks, it is not what decides.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Callable
from typing import Any

from bench.deidentify.say import SAY, Maker

CONSULT = """
D: Hi there, I'm Doctor {surname}, I'm one of the GPs here. Can I just confirm your name and date of birth please?|P: Yeah, it's {full}. And it's {date}.
D: Hello, good morning. It's Doctor {surname} from {practice}. How can I help?|P: Hi, morning. I've had this headache for three days now.
D: Hello, you're through to {practice}, my name's {first}.|P: Hi {=first}. I'm calling about my son {first2}, he's {age} and he's got a rash.
D: And what's your date of birth?|P: {dateshort}.|D: {=dateshort}, thank you.
D: And the first line of your address?|P: {address}.|D: And the postcode?|P: {postcode}.
D: Can I take your address please?|P: It's {address}, {town}, {postcode}.
D: Could I confirm your address and date of birth?|P: Yep, so it's {address}, and I was born on the {date}.
D: Where do you live at the moment?|P: I live in {town}, with my two kids.
P: We moved here from {town} about six months ago, and before that we were in {town2}.
D: What's the best number to reach you on?|P: It's {phone}.|D: Let me read that back. {=phone}.
D: Do you have an email I can send that to?|P: Yes, it's {email}.
D: Do you have your NHS number?|P: I think it's {nhs}.
D: And the NHI is?|P: {nhi}.
D: How old are you?|P: I'm {age}.|D: {=age}, okay.
P: I'm {age} years old and I've never had anything like this.
P: My dad had a heart attack when he was {age} and my mum's {oldage} now and still going strong.
P: She's only {age} and a half, she was in hospital for two weeks.|D: I see. Two weeks.
D: And what do you do for work?|P: I'm a {job}.|D: Okay, a {=job}. Is that stressful?
P: I work as a {job} in {town}.
P: My husband's a {job} and he's away a lot.
D: Okay {first}, so what I think is going on is a bit of gastroenteritis.|P: Right.|D: So {=first}, drink plenty of fluids.
D: Sorry, what was your name again?|P: {first}.|D: {=first}, lovely. Thanks {=first}.
D: Sorry, could you spell your surname for me?|P: Yeah, it's {spelled}.
P: I saw Doctor {surname} last week, and she gave me amoxicillin, five hundred milligrams, three times a day.
P: I was seen by a Mr {surname} at {hospital} back in January.
P: I went to {hospital} on {daymonth} and they did an MRI and a CT.
D: Who's at home with you?|P: Just my partner {first} and our daughter {first2}.
P: My mum, {first}, she had breast cancer, and her sister, {first2}, had it too.
D: Any allergies?|P: Just penicillin.|D: And any other medication? Ibuprofen, aspirin?|P: I take sertraline, fifty milligrams, and a bit of paracetamol.
D: On a scale of one to ten, how bad is the pain?|P: I'd say seven, maybe eight out of ten.
D: How long has this been going on?|P: About three or four weeks. It started on a Monday, I think, in the morning.
D: Take one tablet twice a day for seven days, and come back in two weeks if it's not better. Will you do that?|P: I will, yeah. I hope it works.
D: May I ask if you smoke?|P: Yeah, about twenty a day, and I have maybe ten pints a week.
D: Is there any history of Parkinson's, or Huntington's, or Crohn's disease in the family?|P: No. My gran had Alzheimer's. She was lovely, full of grace.
D: Your blood pressure's one forty over ninety, pulse is seventy two, temperature thirty seven point five.|P: Is that bad?
P: I had some Chinese takeaway, and then a curry on Friday, and then I was sick about six or seven times.
P: I've been taking Nurofen and Gaviscon from Boots, and some Rennies. I looked it up on Google.
D: I'd like you to mark where it hurts. To be frank, it could be a sprain. Rob the area gently, sorry, rub it.|P: Sure. Will it bruise?
D: Count back from ten for me.|P: Ten, nine, eight, seven, six, five, four, three, two, one.
D: Have you had your coronavirus jab?|P: Yeah, two doses of Pfizer, in March and in June.
P: I'm {nationality} but I grew up here. My parents are from {country}.
D: Any recent travel?|P: We went to {country} in August, for two weeks.
D: Hi, is that {first} {surname}?|P: Yes, speaking.|D: Hi, it's {first2} here, one of the nurses from {practice}.
D: Hello. Can you hear me?|P: Yeah I can.|D: Great. Can I get your full name?|P: {first}. {surname}.|D: And date of birth?|P: Uh, {dateshort}.
P: Hi doctor, {first} here. I spoke to you on Tuesday.|D: Oh yes, hi {=first}.
D: Can I just check your name and age?|P: {full}, {age}.
D: Right then Mrs {surname}, pop up on the couch for me.|P: Okay.
D: Bye now {first}, take care.|P: Bye, thank you doctor.
D: Who do you support?|P: {team}, for my sins.
P: I got it playing football for {team} on Saturday.
D: Which school do they go to?|P: {school}. It's just down the road.
P: I work at {company}, in the warehouse. It's a lot of lifting.
D: So {first}, tell me a bit more about the pain. Is it sharp, or dull?|P: It's more of a dull ache, in my lower back, right side.
D: And your address?|P: Um, {number}. {streetname}.|D: Sorry?|P: {=streetname}.
D: My name is {full} and I'm the practice nurse. What can I do for you today?|P: Well, I've got a cough, and my throat's been sore since Sunday.
P: My passport number is {passport}, and my account number is {account}.
D: Is that with a C or a K?|P: With a K. {spelled}.
P: The rego was {plate}. It was a white Toyota.
D: My name's Dr {surname}. Before we start, can I take your name?|P: {lastfirst}.|D: Okay {first9}, how can I help?
"""
GROUP = """
F: Okay, let's go round. Names, please.|A: I'm {full}.|B: {first} {surname}. I'm on {ward}.|C: {first2}. Hi everyone.
F: Thanks, {first}. Take your time.|A: Um. So this is a man called {full}, he came in about two weeks ago.
F: What do you make of it, {first}?|A: I felt sad, actually. There's a kind of grace in it.
A: Can I, sorry, {first}, can I jump in?|B: No, go for it.
F: {first}, you've been quiet.|A: Yeah. I'm just thinking.
F: Any questions for {first}?|B: How long ago was that?|A: It was the {daymonth}. So, nine days ago.
A: And my registrar, {full}, she said be careful with that one.
A: Doctor {surname} told him it was just the lithium level, eight hundred milligrams.
A: The wife, {first}, was at the window, crying. And {=first} made the call.
A: So I'm on {possfirst}'s side a bit. The son's side.
A: We get this call about a guy in {suburb}. {full}, date of birth {date}. He's a {nationality} guy, {age}, and he's a {rarejob}.
A: The address was {address}, and we rang {phone}, like, five times.
A: She grew up in {suburb}, went to {school}, and she's a {rarejob}.
A: Her mum's {nationality}, she drove over from {suburb} every single day.
A: He's in {ward} now, on clozapine, two hundred milligrams, and zopiclone at night.
A: The plate was {plate}, I remember because he'd polished it so much.
A: The NHI was {nhi}, and that's all it said.
A: She is {oldage}. She fell off a step in her garden, in {suburb}.|B: {=oldage}, wow.
A: Her Instagram is {handle}, she showed me on her phone.
A: It's {email}.|B: Say that again?|A: {=email}.
A: My nana was in {hospital}, and the house officer just said it.
A: He drives a bus for {company}.
A: I'm {nationality}, and my uncle's had that, in {suburb}.
F: See you all on the {daymonth}. And, {first}, I think you're up.|B: Oh, great.
F: {first} sends apologies, she's up in {suburb} for a funeral.|A: Oh no, poor {=first}.
F: Mrs {surname}, was it? And what would you want to say to Mrs {=surname}?
F: Right. {first}, sit back. Over to you lot.|A: Well, I just love him.
A: My supervisor {first} reckons it'll be fine.|B: Yeah, {=first} would say that.
A: I talked to {first} about it, and then {first2} came in.
A: Two police officers came up the drive, section nine, section ten, whatever. It's ten a m and he's still washing the car.
A: I may be wrong, but I reckon the team didn't want to know. Will you be all right?|B: I hope so. Will do.
A: She'd taken a big handful of sertraline. We talked for nearly two hours. Three of us were there, six or seven people.
A: I want to mark the difference. To be frank, it's a matter of faith. It was rich, a bit of a joy, really.
F: This Balint group runs for the next six weeks, at half past four, on Thursdays.|A: Cool.
A: He thought it was Parkinson's, or Lewy body. I don't think so. Maybe Korsakoff's.
A: It dawned on me. We were miles off. I had to chase the bill and sue the bank. What a feat.
A: I grant you that. But the art of it, the drew, the dawn of it, I could see a ray of light. Sunny day too, in June.
A: They do this Japanese food, and we had a French press coffee. We watched Netflix on my iPad.
A: I was going to pat him on the arm. He said grace before dinner. The olive tree, the rose, the lily.
"""


def build(seed: int, count: int) -> list[dict[str, Any]]:
    """Documents of about thirty exchanges: utterances and identifiers, as in the annotated files."""
    rng = random.Random(seed)
    return [_document(rng, GROUP if n % 2 else CONSULT) for n in range(count)]


def _document(rng: random.Random, templates: str) -> dict[str, Any]:
    maker = Maker(rng)
    lines = [t for t in templates.strip().splitlines() if t]
    doc: dict[str, Any] = {"utterances": [], "identifiers": []}
    for template in rng.sample(lines, min(30, len(lines))):
        said: dict[str, str] = {}
        for turn in template.split("|"):
            speaker, text = turn.split(": ", 1)
            _add(doc, speaker, text, said, maker)
    return doc


def _add(doc: dict[str, Any], speaker: str, template: str, said: dict[str, str], maker: Maker) -> None:
    text, at, number = "", 0, len(doc["utterances"])
    for m in re.finditer(r"\{(=?)(\w+)\}", template):
        text += template[at : m.start()]
        at = m.end()
        slot = m[2]
        if slot not in said or not m[1]:
            said[slot] = maker.make(slot)
        value = said[slot]
        kind, tier = SAY[slot.rstrip("0123456789")][1:]
        tier = "direct" if slot == "oldage" else tier
        doc["identifiers"].append(
            {
                "utterance": number,
                "start_char": len(text),
                "end_char": len(text) + len(value),
                "text": value,
                "type": kind,
                "tier": tier,
            }
        )
        text += value
    text += template[at:]
    doc["utterances"].append({"speaker": speaker, "start": float(number), "end": number + 1.0, "text": text})


def main() -> None:
    from bench.deidentify.detect import ours
    from bench.deidentify.score import Tally, bare, utterances_of

    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--count", type=int, default=20)
    p.add_argument("--bare", action="store_true")
    p.add_argument("--show", action="store_true")
    a = p.parse_args()
    find, tally = ours("balanced"), Tally()
    change: Callable[[str], str] = bare if a.bare else str
    for n, doc in enumerate(build(a.seed, a.count)):
        utterances = utterances_of(doc["utterances"], change)
        tally.add([u.text for u in utterances], doc["identifiers"], find(utterances, None), str(n))
    print(json.dumps(tally.figures(), indent=1))
    if a.show:
        print("\n".join(sorted(tally.notes)))


if __name__ == "__main__":
    main()
