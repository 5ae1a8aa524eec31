/** The questions of a clinician's first hour with a trial. */
import { type Question, sql, statistic } from './study.ts'

const BOTH = 'FROM subjects JOIN visits USING (subject_id)'
const AT_12 = "visits.visit = 'month_12'"
const LAST = { 'visits.visit': 'month_12' }

/** The questions, the most common ones first. */
export const TRIAL_HOUR: readonly Question[] = [
  sql('how many people', 1, 'SELECT COUNT(DISTINCT subject_id) AS n FROM subjects'),
  sql('people in each arm', 2, 'SELECT arm, COUNT(DISTINCT subject_id) AS n FROM subjects GROUP BY arm'),
  sql('mean age by sex', 2, 'SELECT sex, AVG(age) AS mean, STDDEV(age) AS sd FROM subjects GROUP BY sex'),
  statistic('mean change of both arms', 2, { name: 'compare', variables: ['change'], by: ['arm'] }, LAST),
  sql('responders by arm', 2, `SELECT arm, SHARE(response, 'responder') AS share ${BOTH} WHERE ${AT_12} GROUP BY arm`),
  statistic('response against arm, χ²', 6, { name: 'chi_squared', variables: ['arm', 'response'] }, LAST),
  statistic('correlation of age and change', 1, { name: 'correlation', variables: ['age', 'change'] }, LAST),
  statistic('median and quartiles of age', 1, { name: 'quantile', variables: ['age'] }),
  sql(
    'score at baseline by arm',
    2,
    `SELECT arm, AVG(score) AS mean, STDDEV(score) AS sd ${BOTH} WHERE visits.visit = 'baseline' GROUP BY arm`
  ),
  sql(
    'change by diagnosis',
    4,
    `SELECT diagnosis, AVG(change) AS mean, STDDEV(change) AS sd ${BOTH} WHERE ${AT_12} GROUP BY diagnosis`
  ),
  statistic('mean score at each visit', 3, { name: 'mean', variables: ['score'], by: ['visit'] }),
  statistic('adverse events by arm', 2, {
    name: 'share',
    variables: ['adverse_event'],
    by: ['arm'],
    arguments: { level: 'yes' }
  }),
  statistic('histogram of age', 9, { name: 'histogram', variables: ['age'] }),
  statistic('change over centres, ANOVA', 5, { name: 'anova', variables: ['change'], by: ['centre'] }, LAST),
  sql('skewness of change', 1, `SELECT SKEWNESS(change) AS skewness ${BOTH} WHERE ${AT_12}`),
  statistic(
    'covariance of score and quality of life',
    1,
    { name: 'covariance', variables: ['score', 'quality_of_life'] },
    LAST
  ),
  sql(
    'change from 65 years on by arm',
    2,
    `SELECT arm, COUNT(change) AS n, AVG(change) AS mean ${BOTH} WHERE age >= 65 AND ${AT_12} GROUP BY arm`
  ),
  sql(
    'quality of life by sex and arm',
    4,
    `SELECT sex, arm, AVG(quality_of_life) AS mean ${BOTH} WHERE ${AT_12} GROUP BY sex, arm`
  )
]
