"""Which platform and which database a link, a code, a name or an accession number tells of."""

from __future__ import annotations

import re
from functools import lru_cache

from .values import tidy

_EBSCO = {
    "psyh": "PsycINFO",
    "psycinfo": "PsycINFO",
    "pdh": "PsycARTICLES",
    "ccm": "CINAHL",
    "rzh": "CINAHL",
    "cin20": "CINAHL",
    "cin": "CINAHL",
    "c8h": "CINAHL",
    "cul": "CINAHL",
    "jlh": "CINAHL",
    "byh": "CINAHL",
    "cmedm": "MEDLINE",
    "mnh": "MEDLINE",
    "mdc": "MEDLINE",
    "mdl": "MEDLINE",
    "aph": "Academic Search",
    "a9h": "Academic Search",
    "a2h": "Academic Search",
    "asn": "Academic Search",
    "afh": "Academic Search",
    "asx": "Academic Search",
    "ecn": "EconLit",
    "eoh": "EconLit",
    "eih": "Environment Index",
    "egh": "Environment Index",
    "8gh": "GreenFILE",
    "sih": "SocINDEX",
    "snh": "SocINDEX",
    "swh": "Social Work Abstracts",
    "ssf": "Social Work Abstracts",
    "eric": "ERIC",
    "eue": "Education Source",
    "ehh": "Education Research Complete",
    "bth": "Business Source",
    "buh": "Business Source",
    "heh": "Health Business",
    "hch": "Health Source",
    "lih": "LISTA",
    "lxh": "LISTA",
    "pbh": "Psychology and Behavioral Sciences Collection",
    "fsr": "FSTA",
    "s3h": "SPORTDiscus",
    "sph": "SPORTDiscus",
}
_OVID = (
    ("psyc", "PsycINFO"),
    ("emed", "Embase"),
    ("emc", "Embase"),
    ("oemez", "Embase"),
    ("med", "MEDLINE"),
    ("prem", "MEDLINE"),
    ("pmnm", "MEDLINE"),
    ("cctr", "Cochrane CENTRAL"),
    ("coch", "Cochrane Database of Systematic Reviews"),
    ("caba", "CAB Abstracts"),
    ("amed", "AMED"),
    ("hmic", "HMIC"),
    ("ovft", "Journals@Ovid"),
)
_HOSTS = (
    ("ebscohost.com", "EBSCOhost"),
    ("ebsco.com", "EBSCOhost"),
    ("proquest.com", "ProQuest"),
    ("ovid.com", "Ovid"),
    ("scopus.com", "Scopus"),
    ("embase.com", "Embase.com"),
    ("webofscience.com", "Web of Science"),
    ("webofknowledge.com", "Web of Science"),
    ("cochranelibrary.com", "Cochrane Library"),
    ("pubmed", "PubMed"),
    ("ieeexplore", "IEEE Xplore"),
    ("jstor.org", "JSTOR"),
    ("bvsalud.org", "BVS"),
    ("dimensions.ai", "Dimensions"),
    ("lens.org", "Lens"),
    ("eric.ed.gov", "ERIC"),
    ("trid.trb.org", "TRID"),
    ("idunn.no", "Idunn"),
    ("svemedplus", "SweMed+"),
    ("scholar.google", "Google Scholar"),
    ("openalex.org", "OpenAlex"),
)
OWN_DATABASE = {
    "Scopus": "Scopus",
    "Embase.com": "Embase",
    "Web of Science": "Web of Science",
    "Cochrane Library": "Cochrane Library",
    "PubMed": "PubMed",
    "IEEE Xplore": "IEEE Xplore",
    "JSTOR": "JSTOR",
    "Dimensions": "Dimensions",
    "Lens": "Lens",
    "ERIC": "ERIC",
    "TRID": "TRID",
    "Idunn": "Idunn",
    "SweMed+": "SweMed+",
    "Google Scholar": "Google Scholar",
    "OpenAlex": "OpenAlex",
}
_EBSCO_DB = re.compile(r"[?&]db=([A-Za-z0-9]{2,8})(?:&|$)")
_OVID_DB = re.compile(r"[?&;]D=([A-Za-z0-9]{2,8})", re.I)


@lru_cache(maxsize=4096)
def platform_of_link(url: str) -> tuple[str, str]:
    """Give (platform, database) told by a link; "" for what it does not tell."""
    low = url.lower()
    platform = next((name for host, name in _HOSTS if host in low), "")
    if not platform:
        return "", ""
    if platform == "EBSCOhost":
        match = _EBSCO_DB.search(url)
        return platform, _EBSCO.get(match[1].lower(), match[1]) if match else ""
    if platform == "Ovid":
        match = _OVID_DB.search(url)
        code = match[1].lower() if match else ""
        return platform, next((name for start, name in _OVID if code.startswith(start)), "") if code else ""
    return platform, OWN_DATABASE.get(platform, "")


# What a database's name begins with (after "Ovid", "APA", "EBM Reviews"), and what people call it.
_USUAL = (
    ("medline", "MEDLINE"),
    ("premedline", "MEDLINE"),
    ("pubmed", "PubMed"),
    ("embase", "Embase"),
    ("psycinfo", "PsycINFO"),
    ("psycarticles", "PsycARTICLES"),
    ("cinahl", "CINAHL"),
    ("scopus", "Scopus"),
    ("cochrane central", "Cochrane CENTRAL"),
    ("cochrane database of systematic", "Cochrane Database of Systematic Reviews"),
)
_PREFIX = re.compile(r"^(?:ovid|apa|ebm reviews\s*[-–]) +", re.I)


@lru_cache(maxsize=1024)
def database_name(text: str) -> str:
    """Write a database by its usual name, without edition and dates; EBSCOhost's codes are spelled out, other names stay as given."""
    name = tidy(text.partition(" <")[0])
    low = _PREFIX.sub("", name.lower())
    if low == "eric":
        return "ERIC"
    usual = next((word for start, word in _USUAL if low.startswith(start) and not low[len(start) : len(start) + 1].isalpha()), "")
    return usual or _EBSCO.get(low, name)


@lru_cache(maxsize=1024)
def platform_named(text: str) -> str:
    """Give the platform that a provider's name (DP, "Provider:") stands for, else ""."""
    low = text.lower()
    for word, platform in (
        ("ebsco", "EBSCOhost"),
        ("proquest", "ProQuest"),
        ("ovid", "Ovid"),
        ("bvsalud", "BVS"),
        ("john wiley", "Cochrane Library"),
        ("jstor", "JSTOR"),
        ("query date:", "Publish or Perish"),
        ("elsevier", ""),
    ):
        if word in low:
            return platform
    return ""


_EID = re.compile(r"eid=(2-s2\.0-[0-9]+)")


def scopus_eid(url: str) -> str:
    """Give Scopus's number of a record from its link."""
    match = _EID.search(url)
    return match[1] if match else ""


def database_by_accession(accession: str) -> str:
    """Tell the database from the shape of an accession number, where the shape is its own."""
    if accession.startswith(("WOS:", "ISI:")):
        return "Web of Science"
    if accession.startswith("CN-0"):
        return "Cochrane CENTRAL"
    if accession.startswith("pub."):
        return "Dimensions"
    if accession.startswith("2-s2.0-"):
        return "Scopus"
    if accession.startswith(("ZOOREC:", "ZOOR")):
        return "Zoological Record"
    if accession.startswith(("MEDLINE:", "BIOABS:", "BCI:", "KJD:", "SCIELO:", "CABI:")):
        return accession.partition(":")[0]
    return ""
