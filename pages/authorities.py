"""Whom a citizen of each state may turn to: law, enforcement of digital accessibility, data protection.

Sources: the states' own statements on accessibility and the list of enforcement bodies that the state competence
centre of Hesse keeps (lbit.hessen.de, Durchsetzungsstellen der Länder). As of November 2026; a municipality that knows
better writes it into its own text. The law of each state decides who enforces and what it is called there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

AS_OF: Final = "2026-11"


@dataclass(frozen=True)
class Authority:
    """Names and addresses in German, as the authorities call themselves. `law` is what the statement goes by."""

    law: str
    body: str
    address: str
    email: str
    website: str
    procedure: str
    data_protection: str
    data_protection_website: str


#: Official key of the state → its authorities.
AUTHORITIES: Final[dict[str, Authority]] = {
    "01": Authority(
        law="Landesbehindertengleichstellungsgesetz Schleswig-Holstein (LBGG)",
        body="Beschwerdestelle für barrierefreie Informationstechnik bei der Landesbeauftragten für Menschen mit "
        "Behinderungen",
        address="Karolinenweg 1, 24105 Kiel",
        email="bbit@landtag.ltsh.de",
        website="https://www.landtag.ltsh.de/beauftragte/beschwerdestelle-fuer-barrieren/",
        procedure="Beschwerdeverfahren",
        data_protection="Unabhängiges Landeszentrum für Datenschutz Schleswig-Holstein",
        data_protection_website="https://www.datenschutzzentrum.de/",
    ),
    "02": Authority(
        law="Hamburgisches Behindertengleichstellungsgesetz (HmbBGG)",
        body="Schlichtungsstelle nach dem Hamburgischen Behindertengleichstellungsgesetz",
        address="",
        email="schlichtungsstelle-hmbbgg@soziales.hamburg.de",
        website="https://www.hamburg.de/schlichtungsstelle",
        procedure="Schlichtungsverfahren",
        data_protection="Der Hamburgische Beauftragte für Datenschutz und Informationsfreiheit",
        data_protection_website="https://datenschutz-hamburg.de/",
    ),
    "03": Authority(
        law="Niedersächsisches Behindertengleichstellungsgesetz (NBGG)",
        body="Schlichtungsstelle nach § 9 d NBGG bei der Landesbeauftragten für Menschen mit Behinderungen in "
        "Niedersachsen",
        address="Hannah-Arendt-Platz 2, 30159 Hannover",
        email="schlichtungsstelle@ms.niedersachsen.de",
        website="https://www.ms.niedersachsen.de/startseite/service_kontakt/barrierefreie_it/"
        "barrierefreie-it-in-niedersachsen-183088.html",
        procedure="Schlichtungsverfahren",
        data_protection="Der Landesbeauftragte für den Datenschutz Niedersachsen",
        data_protection_website="https://lfd.niedersachsen.de/",
    ),
    "04": Authority(
        law="Bremisches Behindertengleichstellungsgesetz (BremBGG)",
        body="Schlichtungsstelle beim Landesbehindertenbeauftragten der Freien Hansestadt Bremen",
        address="Teerhof 59, 28199 Bremen",
        email="schlichtungsstelle@lbb.bremen.de",
        website="https://www.behindertenbeauftragter.bremen.de/",
        procedure="Schlichtungsverfahren",
        data_protection="Die Landesbeauftragte für Datenschutz und Informationsfreiheit der Freien Hansestadt Bremen",
        data_protection_website="https://www.datenschutz.bremen.de/",
    ),
    "05": Authority(
        law="Behindertengleichstellungsgesetz Nordrhein-Westfalen (BGG NRW) und Barrierefreie-Informationstechnik-"
        "Verordnung Nordrhein-Westfalen (BITVNRW)",
        body="Ombudsstelle für barrierefreie Informationstechnik des Landes Nordrhein-Westfalen bei der Beauftragten "
        "der Landesregierung für Menschen mit Behinderung",
        address="Fürstenwall 25, 40219 Düsseldorf",
        email="ombudsstelle-barrierefreie-it@mags.nrw.de",
        website="https://www.lbbp.nrw.de/ombudsstelle",
        procedure="Ombudsverfahren",
        data_protection="Landesbeauftragte für Datenschutz und Informationsfreiheit Nordrhein-Westfalen",
        data_protection_website="https://www.ldi.nrw.de/",
    ),
    "06": Authority(
        law="Hessisches Behinderten-Gleichstellungsgesetz (HessBGG) und Hessische Verordnung über barrierefreie "
        "Informationstechnik",
        body="Durchsetzungs- und Überwachungsstelle Barrierefreie Informationstechnik beim Regierungspräsidium Gießen",
        address="Landgraf-Philipp-Platz 1–7, 35390 Gießen",
        email="Durchsetzungsstelle-LBIT@rpgi.hessen.de",
        website="https://lbit.hessen.de/",
        procedure="Durchsetzungsverfahren",
        data_protection="Der Hessische Beauftragte für Datenschutz und Informationsfreiheit",
        data_protection_website="https://datenschutz.hessen.de/",
    ),
    "07": Authority(
        law="Landesinklusionsgesetz Rheinland-Pfalz",
        body="Durchsetzungsstelle für barrierefreie Informationstechnik beim Ministerium für Arbeit, Soziales, "
        "Transformation und Digitalisierung Rheinland-Pfalz",
        address="Bauhofstraße 9, 55116 Mainz",
        email="durchsetzungsstelle@mastd.rlp.de",
        website="https://mastd.rlp.de/",
        procedure="Durchsetzungsverfahren",
        data_protection="Der Landesbeauftragte für den Datenschutz und die Informationsfreiheit Rheinland-Pfalz",
        data_protection_website="https://www.datenschutz.rlp.de/",
    ),
    "08": Authority(
        law="Landes-Behindertengleichstellungsgesetz Baden-Württemberg (L-BGG), insbesondere § 10",
        body="Schlichtungsstelle nach § 10 b L-BGG beim Landeszentrum Barrierefreiheit Baden-Württemberg",
        address="Else-Josenhans-Straße 6, 70173 Stuttgart",
        email="schlichtung@barrierefreiheit.bwl.de",
        website="https://barrierefreiheit-bw.de/barrierefreiheitdurchsetzen/schlichtungsantrag",
        procedure="Schlichtungsverfahren",
        data_protection="Der Landesbeauftragte für den Datenschutz und die Informationsfreiheit Baden-Württemberg",
        data_protection_website="https://www.baden-wuerttemberg.datenschutz.de/",
    ),
    "09": Authority(
        law="Bayerisches Behindertengleichstellungsgesetz (BayBGG) und Bayerische Digitalverordnung (BayDiV)",
        body="Landesamt für Digitalisierung, Breitband und Vermessung, Durchsetzungs- und Überwachungsstelle für "
        "barrierefreie Informationstechnik",
        address="St.-Martin-Straße 47, 81541 München",
        email="bitv@bayern.de",
        website="https://www.ldbv.bayern.de/digitalisierung/bitv.html",
        procedure="Durchsetzungsverfahren",
        data_protection="Der Bayerische Landesbeauftragte für den Datenschutz",
        data_protection_website="https://www.datenschutz-bayern.de/",
    ),
    "10": Authority(
        law="Saarländisches Behindertengleichstellungsgesetz (SBGG)",
        body="Schlichtungsstelle beim Ministerium für Arbeit, Soziales, Frauen und Gesundheit des Saarlandes",
        address="Franz-Josef-Röder-Straße 23, 66119 Saarbrücken",
        email="inklusion@soziales.saarland.de",
        website="",
        procedure="Schlichtungsverfahren",
        data_protection="Unabhängiges Datenschutzzentrum Saarland",
        data_protection_website="https://www.datenschutz.saarland.de/",
    ),
    "11": Authority(
        law="Barrierefreie-Informations- und Kommunikationstechnik-Gesetz Berlin (BIKTG Bln)",
        body="Landesbeauftragte für digitale Barrierefreiheit",
        address="Klosterstraße 47, 10179 Berlin",
        email="landesbeauftragte-digitale-barrierefreiheit@senatskanzlei.berlin.de",
        website="https://www.berlin.de/moderne-verwaltung/barrierefreie-it/",
        procedure="Durchsetzungsverfahren",
        data_protection="Berliner Beauftragte für Datenschutz und Informationsfreiheit",
        data_protection_website="https://www.datenschutz-berlin.de/",
    ),
    "12": Authority(
        law="Brandenburgisches Behindertengleichstellungsgesetz (BbgBGG) und Brandenburgische Barrierefreie "
        "Informationstechnik-Verordnung (BbgBITV)",
        body="Durchsetzungsstelle für digitale Barrierefreiheit bei der Beauftragten der Landesregierung für die "
        "Belange der Menschen mit Behinderungen",
        address="Henning-von-Tresckow-Straße 2–13, 14467 Potsdam",
        email="Durchsetzung.BIT@MSGIV.Brandenburg.de",
        website="https://msgiv.brandenburg.de/",
        procedure="Durchsetzungsverfahren",
        data_protection="Die Landesbeauftragte für den Datenschutz und für das Recht auf Akteneinsicht Brandenburg",
        data_protection_website="https://www.lda.brandenburg.de/",
    ),
    "13": Authority(
        law="Landesbehindertengleichstellungsgesetz Mecklenburg-Vorpommern (LBGG M-V)",
        body="Überwachungsstelle für barrierefreie Informationstechnik beim Ministerium für Soziales, Gesundheit und "
        "Sport Mecklenburg-Vorpommern",
        address="Werderstraße 124, 19055 Schwerin",
        email="ueberwachungsstelle@sm.mv-regierung.de",
        website="https://www.regierung-mv.de/Landesregierung/sm/Soziales/Ueberwachungsstelle/",
        procedure="Durchsetzungsverfahren",
        data_protection="Der Landesbeauftragte für Datenschutz und Informationsfreiheit Mecklenburg-Vorpommern",
        data_protection_website="https://www.datenschutz-mv.de/",
    ),
    "14": Authority(
        law="Sächsisches Inklusionsgesetz (SächsInklusG) und Barrierefreie-Websites-Gesetz (BfWebG)",
        body="Durchsetzungsstelle beim Beauftragten der Sächsischen Staatsregierung für die Belange von Menschen mit "
        "Behinderungen",
        address="Archivstraße 1, 01097 Dresden",
        email="durchsetzungsstelle@sk.sachsen.de",
        website="https://www.inklusion.sachsen.de/",
        procedure="Durchsetzungsverfahren",
        data_protection="Sächsische Datenschutz- und Transparenzbeauftragte",
        data_protection_website="https://www.datenschutz.sachsen.de/",
    ),
    "15": Authority(
        law="Behindertengleichstellungsgesetz Sachsen-Anhalt (BGG LSA)",
        body="Ombudsstelle bei der Landesfachstelle für Barrierefreiheit Sachsen-Anhalt",
        address="",
        email="ombudsstelle@ukst.de",
        website="https://lf-barrierefreiheit-st.de/ueber-uns/ombudsstelle",
        procedure="Ombudsverfahren",
        data_protection="Landesbeauftragte für den Datenschutz Sachsen-Anhalt",
        data_protection_website="https://datenschutz.sachsen-anhalt.de/",
    ),
    "16": Authority(
        law="Thüringer Gesetz über den barrierefreien Zugang zu den Websites und mobilen Anwendungen öffentlicher "
        "Stellen (ThürBarrWebG)",
        body="Durchsetzungsstelle beim Thüringer Landesbeauftragten für Menschen mit Behinderungen",
        address="",
        email="kontakt@tlmb.thueringen.de",
        website="https://tlmb-thueringen.de/",
        procedure="Durchsetzungsverfahren",
        data_protection="Thüringer Landesbeauftragter für den Datenschutz und die Informationsfreiheit",
        data_protection_website="https://www.tlfdi.de/",
    ),
}
