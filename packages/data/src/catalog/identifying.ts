/** Names of variables that others commonly know about a person, used where the steward does not set `identifying`. */

/**
 * Patterns for whole names, with _ or - between words: who somebody is, where and when a person was seen, how a person was measured, and
 * the arm to which a person was randomised. Findings about people are not included. A name that is not listed counts as unknown to others.
 */
const ENGLISH: readonly RegExp[] = [
  /^(sex|gender)$/,
  /^age(_(years|months|days|group|band|category|class|range|decade))?$/,
  // Only times at which people were seen: an age at onset or a date of death is a finding.
  /^(age_at|date_of|year_of)_(baseline|visit|scan|imaging|entry|enrol?lment|inclusion|recruitment|assessment|randomi[sz]ation)$/,
  /^(birth|year|date)$/,
  /^(birth_(year|date|month|day)|(year|date|month|day)_of_birth)$/,
  /^(ethnicity|race|education|handedness|marital_status|country|region|state|district)$/,
  /^((study|treatment|trial)_)?(arm|group)$/,
  /^(treatment|randomi[sz]ation|cohort)$/,
  /^(study_|trial_)?(site|centre|center|hospital|clinic|ward|institution)(_id)?$/,
  /^(visit|wave|time_?point|session|month|week|day)(_(number|name))?$/,
  /^(scan_type|scanner|scanner_.+|modality|sequence|protocol|device|manufacturer|vendor|batch|field_strength)$/
]

/**
 * Common names in other languages for age, sex, arm, centre and visit, without accents and with ae for ä, as names are made from column
 * headers. Words that can mean a finding are not included, such as the German Klinik or the Spanish sitio.
 */
const OTHER_LANGUAGES: readonly RegExp[] = [
  // Age: German, French, Spanish, Italian, Dutch. An age at a diagnosis or onset is a finding.
  /^alter(_(in_)?(jahren?|monaten?|tagen))?$/,
  /^alter_bei_(baseline|visite|besuch|untersuchung|einschluss|aufnahme|randomisierung)$/,
  /^alters_?(gruppe|klasse|kategorie|dekade)$/,
  /^(age_(ans|mois|jours)|(tranche|classe|groupe)_d_?age)$/,
  /^(edad(_(en_)?(anos|meses|dias))?|grupo_(de_edad|edad|etario))$/,
  /^(eta(_(in_)?(anni|mesi|giorni))?|(fascia|classe|gruppo)_(di_|d_)?eta)$/,
  /^leeftijd(_(in_)?(jaar|jaren|maanden|dagen))?$|^leeftijds_?(groep|klasse|categorie)$/,
  // Sex.
  /^(geschlecht|sexe|genre|sexo|genero|sesso|genere|geslacht)$/,
  // Arm.
  /^((studien|behandlungs|therapie)_?)?(arm|gruppe)$/,
  /^(bras|groupe)(_(de_traitement|d_etude))?$/,
  /^(brazo|grupo)(_de_(tratamiento|estudio))?$/,
  /^(braccio|gruppo)(_di_(trattamento|studio))?$/,
  /^((studie|behandel|onderzoeks)_?)?(arm|groep)$/,
  /^(randomisierung|aleatorizacion|randomizzazione|randomisatie)$/,
  // Centre.
  /^((studien|pruef)_?)?zentrum$|^(krankenhaus|spital|standort)$/,
  /^(centre_(d_etude|investigateur)|hopital|centro|centro_(de_estudio|di_studio|clinico)|ospedale)$/,
  /^((studie|onderzoeks)_?)?centrum$|^ziekenhuis$/,
  // Visit.
  /^(visiten?|besuchs?)(_?(nummer|nr|name))?$|^(studien_?visite|mess_?zeitpunkt)$/,
  /^((numero|nom)_(de_)?visite|visita|(numero|nombre)_(de_)?visita|(numero|nome)_(della_)?visita)$/,
  /^(bezoek|studie_?bezoek)(_?(nummer|nr|naam))?$/
]

const NAMES = [...ENGLISH, ...OTHER_LANGUAGES]

/** Whether a variable with this name counts as identifying, unless the steward declares otherwise. */
export function isIdentifyingName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll('-', '_')
  return NAMES.some((pattern) => pattern.test(plain))
}
