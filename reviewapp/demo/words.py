"""Words the invented papers are made of. Every list is plain data; nothing here names a real paper, person or place."""


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().split("\n"))


_NAMES = """
    Kari Ola Ingrid Håkon Sølvi Åse Bjørn Øystein Ragnhild Torbjørn Astrid Jørgen Maren Sigurd Gunvor Eirik Tuva Anders Liv Magnus
    Åsa Göran Märta Björn Sören Lovisa Håkan Elsa Gustav Ebba Pär Malin Søren Mette Jens Kirsten Rasmus Bodil Asger Dorthe Aino Eero
    Päivi Mikko Sanna Jukka Guðrún Einar Sigríður Þóra Amina Yusuf Fatima Omar Leila Mei Hiroshi Anjali Ravi Sofia Mateo Lucia Pedro
    Camille Étienne Chloé Jürgen Anke Łukasz Zofia Katarzyna Dragan Milena Nadia Oluwaseun Chidi Thandi Grace Duncan Niamh Rhys Eleanor
    Victor Hannah Samuel Priya Tomas Irina Yara Noah Freja Alva Nils Synnøve Jo Petra Maja Isak Selma Vidar Unni Trym Hedda Aksel"""
GIVEN_NAMES = tuple(_NAMES.split())

CORE_TOPICS = _lines("""
social support
social networks
peer support
community participation
personal recovery
everyday belonging
friendship
neighbourhood ties
family involvement
loneliness
mutual help
social inclusion
supported housing
supported employment
community navigation
hope and identity
recovery-oriented practice
social capital
reciprocity
meeting places
clubhouse membership
social isolation
service user involvement
natural helpers
befriending
trust in helpers
citizenship
stigma and self-stigma
social recovery
lived experience
confidant relationships
daily rhythm
voluntary work
arts participation
gardening and green care
sense of community
intentional relationships
network meetings
open dialogue
assertive outreach
""")

OFF_TOPICS = _lines("""
antipsychotic polypharmacy
lithium monitoring
electroconvulsive treatment
metabolic side effects
clozapine clinics
sleep restriction
cognitive remediation
neurofeedback
vitamin D status
cortisol reactivity
smoking cessation
methadone maintenance
needle exchange
school bullying
classroom attention
reading difficulty
truancy
bedwetting
eating disorder wards
body image
postnatal screening
infant attachment
midwifery continuity
dementia diagnosis
delirium prevention
falls on wards
pressure ulcers
wound dressing
nurse rostering
shift work
burnout
moral distress
job insecurity
return to work
sickness certification
chronic back pain
tinnitus
epilepsy
stroke rehabilitation
diabetes education
asthma plans
heart failure telemonitoring
cancer survivorship
palliative sedation
organ donation
hospital food
emergency triage
ambulance handover
seclusion rooms
mechanical restraint
forensic risk assessment
prison health
probation practice
gang desistance
child protection thresholds
foster placement
adoption breakdown
custody disputes
intimate partner violence
refugee resettlement
asylum interviews
human trafficking
homeless hostels
eviction
food banks
debt counselling
gambling losses
gaming time
screen exposure
cyber harassment
telepsychiatry
chatbot triage
electronic prescribing
case mix funding
waiting list audits
bed occupancy
compulsory admission
tribunal hearings
advance directives
suicide registers
self-poisoning
grief counselling
military deployment
veteran claims
wildfire exposure
flood recovery
earthquake memories
pandemic drills
vaccination attitudes
oral hygiene
hearing loss
visual impairment
autism assessment
intellectual disability
sheltered workshops
sports coaching
yoga classes
dance movement
music listening
animal visits
wilderness camps
mindfulness courses
exposure therapy
schema therapy
motivational interviewing
parent training
couple counselling
genetic testing
brain imaging
inflammatory markers
heart rate variability
eye tracking
handwriting
voice hearing
psychosis prodrome
bipolar relapse
panic attacks
hoarding
social phobia
perfectionism
rumination
anger control
dissociation
""")

POPULATIONS = _lines("""
adults with severe mental illness
young adults with first-episode psychosis
older women living alone
long-term outpatients
mothers of toddlers
fathers on parental leave
adolescents in foster homes
university students
nursing assistants
general practitioners
psychiatric social workers
community nurses
retired seafarers
oil rig crews
farm families
reindeer herders
immigrant women
asylum-seeking minors
deaf sign language users
wheelchair users
day centre visitors
hostel residents
former inpatients
voice hearers
people with bipolar disorder
people with dual diagnoses
carers of adult sons
siblings of patients
spouses after retirement
bereaved parents
call centre employees
teachers in small schools
police cadets
firefighters
conscripts
prison officers
released prisoners
tenants of supported flats
peer workers
case managers
occupational therapists
pharmacists
librarians
parish volunteers
unemployed graduates
seasonal labourers
taxi drivers
musicians
elite skiers
amateur footballers
kindergarten staff
grandparents
twins
expectant couples
cancer survivors
stroke patients
dialysis patients
patients with chronic pain
adults who stammer
migrants from rural areas
transgender youth
lesbian couples
recently divorced men
octogenarians
informal helpers
clinical psychologists
hospital chaplains
interpreters
street outreach teams
housing managers
""")

SETTINGS = _lines("""
coastal municipalities
a mountain district
island communities
a harbour city
inner-city boroughs
rural clinics
suburban estates
mining towns
border regions
ferry-dependent villages
community mental health centres
outpatient clinics
acute wards
high-security units
nursing homes
vocational colleges
primary schools
evening schools
public libraries
local museums
community gardens
sports clubs
day centres
sheltered housing
low-threshold cafés
crisis houses
emergency departments
maternity wards
primary care
home care
private practice
online forums
telephone helplines
mobile teams
employment offices
family courts
refugee reception centres
congregations
trade unions
allotment societies
fishing ports
university hospitals
regional health trusts
cross-border programmes
district psychiatric centres
patient hotels
rehabilitation farms
recovery colleges
clubhouses
youth clubs
shopping streets
student villages
military bases
shelters
group homes
pharmacies
the welfare office
night-time services
drop-in kitchens
walking groups
""")

OUTCOMES = _lines("""
quality of life
symptom burden
self-esteem
hospital readmission
medication adherence
employment status
housing stability
perceived stigma
life satisfaction
depressive mood
anxiety levels
service use
treatment drop-out
physical activity
sleep quality
alcohol intake
school attendance
role functioning
hopefulness
psychological distress
sense of coherence
empowerment
caregiver strain
staff turnover
mortality
weight gain
cognitive performance
crisis contacts
societal costs
self-rated health
coping style
decision making
body mass
criminal reconvictions
parental stress
reading scores
grip strength
blood pressure
pain intensity
work ability
user satisfaction
therapeutic alliance
insight
shame
optimism
time to remission
""")

METHODS = _lines("""
a cross-sectional survey
a cluster randomised trial
a qualitative interview study
a focus group study
a register-based cohort
an ethnographic account
a mixed-methods evaluation
a systematic review
a scoping exercise
a case series
a concept analysis
a narrative inquiry
a grounded theory
a phenomenological study
a diary study
a time series analysis
a feasibility study
a Delphi consensus
a path analysis
a discourse analysis
a participatory project
a photovoice study
a longitudinal panel
a matched comparison
an economic evaluation
a secondary analysis
a latent class approach
a validation study
a document analysis
a natural experiment
an action research cycle
a network mapping exercise
a propensity score analysis
a multilevel model
an observational audit
a vignette experiment
""")

INTERVENTIONS = _lines("""
a buddy scheme
weekly network meetings
a peer-led walking group
brief family sessions
a befriending line
group cooking
a tenancy course
a recovery workbook
joint crisis plans
a text message reminder
mentored job search
a neighbourhood café
collaborative care
intensive case management
a nurse-led clinic
a parent programme
a light therapy room
tablet-based training
supported education
a choir
horse-assisted activity
a woodworking shop
home visits
a welcome programme
stepped care
a discharge checklist
motivational calls
a community navigator
shared reading
a sleep app
social prescribing
a theatre workshop
a green exercise plan
a savings club
restorative circles
an early warning chart
vouchers
a digital diary
a carers' evening
resilience lessons
""")

EVENTS = _lines("""
hospital discharge
bereavement
divorce
job loss
relocation
retirement
a suicide attempt
a first psychotic episode
long sick leave
childbirth
imprisonment
a natural disaster
forced migration
a serious accident
treatment completion
the closure of a long-stay ward
the loss of a home
a change of therapist
military service
a reform of local services
""")

QUOTES = _lines("""
Someone who asks twice
A door that stays open
Not just a number
The bus leaves at four
I had to learn to wait
We share the coffee
My own key
They kept calling
Between two chairs
The long way home
Nobody sits alone
Half a step ahead
More than a diagnosis
You are expected here
A map without roads
The quiet corridor
What the forms leave out
Holding the thread
On the other side of the desk
Enough light to read
Keeping the kettle warm
An hour that counts
Listening with your hands
It takes a village hall
Only the weather changes
The empty chair
Borrowed courage
Too tired to explain
A place on the list
Learning the names
""")

JOURNALS = _lines("""
Community Mental Health Work
Social Psychiatry
Nordic Social Work
Recovery Studies
Peer Practice
Psychiatric Nursing
Clinical Medication
Public Health
Occupational Therapy
Housing and Care
Family Relations
School Psychology
Forensic Practice
Rural Health
Ageing and Society
Addiction Services
Welfare Research
Health Promotion
Qualitative Inquiry
Rehabilitation
Digital Health
Emergency Care
Child Protection
Migration and Health
Working Life
Primary Care
Neuropsychology
Disability Studies
Arts and Health
Health Economics
""")

NORDIC_JOURNALS = {
    "nor": ("Demo-tidsskrift for psykisk helsearbeid", "Demo-tidsskrift for velferdsforskning", "Demo-fontene forskning"),
    "swe": ("Demo-tidskrift för socialt arbete", "Demo-tidningen för psykiatri och vård"),
    "dan": ("Demo-tidsskrift for socialpsykiatri", "Demo-tidsskrift for sygepleje og omsorg"),
}

KEYWORDS = _lines("""
Mental health services
Community mental health
Social support
Recovery
Social networks
Psychosocial interventions
Social work
Psychiatric nursing
Quality of life
Stigma
Employment
Housing
Peer groups
Family
Adolescents
Aged
Women
Primary care
Psychotherapy
Medication
Hospitals
Schools
Rural areas
Evaluation
Interviews
Surveys
Norway
Sweden
Denmark
Coping
Depression
Psychosis
Health policy
Ethics
Rehabilitation
""")

NORDIC = {
    "nor": {
        "topic": _lines("""
            sosial støtte
            brukermedvirkning
            psykisk helsearbeid
            ensomhet
            nettverksmøter
            pårørendes rolle
            medisinfri behandling
            arbeid og aktivitet
            bolig med oppfølging
            tvang i psykisk helsevern
            ettervern
            fysisk aktivitet
            søvnvansker
            skolevegring
            rusbehandling
            bedringsprosesser
            hverdagsliv
            møteplasser
            selvhjelpsgrupper
            erfaringskompetanse
            fosterhjem
            sykefravær
            gjeldsproblemer
            tannhelse
            sorgarbeid"""),
        "people": _lines("""
            unge voksne
            eldre kvinner
            mødre med små barn
            hjemmeboende pasienter
            erfaringskonsulenter
            sykepleiere i kommunen
            sosialarbeidere
            fastleger
            innsatte
            enslige menn
            flyktninger
            studenter
            lærere
            bønder
            fiskere
            tvillinger
            vektere
            barnehageansatte"""),
        "place": _lines("""
            distriktspsykiatriske sentre
            små kommuner
            en øykommune
            store byer
            dagsentre
            sykehjem
            nabolaget
            frivillige organisasjoner
            videregående skole
            arbeidslivet
            hjemmetjenesten
            akuttposter
            kirkelige fellesskap
            fjellbygder
            grenseområdene
            idrettslaget"""),
        "method": _lines("""
            en intervjustudie
            en spørreundersøkelse
            et aksjonsforskningsprosjekt
            en dokumentanalyse
            en registerstudie
            en fokusgruppestudie
            en litteraturgjennomgang
            et feltarbeid
            en begrepsanalyse"""),
        "forms": (
            "{topic} blant {people} i {place}: {method}",
            "Hvordan opplever {people} {topic}? {method}",
            "{topic} og {topic2} i {place}",
            "Når {topic} blir viktig: {people} forteller fra {place}",
            "Fra {topic} til {topic2}: {method} blant {people}",
        ),
    },
    "swe": {
        "topic": _lines("""
            socialt stöd
            brukarinflytande
            återhämtning
            ensamhet
            boendestöd
            anhörigas delaktighet
            läkemedelsbehandling
            sysselsättning
            psykiatrisk öppenvård
            tvångsvård
            skuldsanering
            fysisk träning
            sömnproblem
            skolfrånvaro
            missbruksvård
            vardagsliv
            mötesplatser
            självhjälp
            personligt ombud
            försörjningsstöd
            hörselnedsättning
            sjukskrivning"""),
        "people": _lines("""
            unga vuxna
            äldre kvinnor
            ensamstående föräldrar
            patienter i slutenvård
            sjuksköterskor
            socialsekreterare
            distriktsläkare
            frigivna män
            nyanlända
            studenter
            lantbrukare
            brandmän
            lärare
            tonårsflickor
            personer med psykossjukdom"""),
        "place": _lines("""
            glesbygden
            storstaden
            kommunala verksamheter
            dagverksamheten
            äldreboenden
            öppna förskolan
            skärgården
            frivilligorganisationer
            gymnasieskolan
            arbetslivet
            hemtjänsten
            akutmottagningen
            församlingar
            föreningslivet"""),
        "method": _lines("""
            en intervjustudie
            en enkätstudie
            en registerstudie
            en fokusgruppsstudie
            en litteraturöversikt
            en fältstudie
            en begreppsanalys"""),
        "forms": (
            "{topic} bland {people} i {place}: {method}",
            "Hur upplever {people} {topic}? {method}",
            "{topic} och {topic2} i {place}",
            "När {topic} får betydelse: {people} berättar från {place}",
            "Från {topic} till {topic2}: {method} bland {people}",
        ),
    },
    "dan": {
        "topic": _lines("""
            social støtte
            brugerinddragelse
            ensomhed
            netværksmøder
            pårørendes rolle
            medicinsk behandling
            beskæftigelse
            bostøtte
            tvang i psykiatrien
            efterværn
            fysisk træning
            søvnbesvær
            skolefravær
            misbrugsbehandling
            recovery i hverdagen
            væresteder
            gensidig hjælp
            anbragte børn
            sygefravær
            gæld"""),
        "people": _lines("""
            unge voksne
            ældre kvinder
            enlige mødre
            indlagte patienter
            peermedarbejdere
            sygeplejersker
            socialrådgivere
            praktiserende læger
            løsladte
            flygtninge
            studerende
            landmænd
            skolelærere
            søfolk"""),
        "place": _lines("""
            socialpsykiatrien
            mindre kommuner
            øsamfund
            storbyen
            dagcentre
            plejehjem
            boligområder
            frivillige foreninger
            gymnasiet
            arbejdslivet
            hjemmeplejen
            akutmodtagelsen
            menigheder"""),
        "method": _lines("""
            et interviewstudie
            en spørgeskemaundersøgelse
            et registerstudie
            et fokusgruppestudie
            en litteraturgennemgang
            et feltarbejde
            en begrebsanalyse"""),
        "forms": (
            "{topic} blandt {people} i {place}: {method}",
            "Hvordan oplever {people} {topic}? {method}",
            "{topic} og {topic2} i {place}",
            "Når {topic} får betydning: {people} fortæller fra {place}",
            "Fra {topic} til {topic2}: {method} blandt {people}",
        ),
    },
}
