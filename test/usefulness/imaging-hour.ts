/** The questions of a clinician's first hour with an imaging cohort. */
import { type Question, sql, statistic } from './study.ts'

/** The questions, the most common ones first. */
export const IMAGING_HOUR: readonly Question[] = [
  sql('how many people', 1, 'SELECT COUNT(DISTINCT subject_id) AS n FROM scans'),
  sql('scans by scanner', 3, 'SELECT scanner, COUNT(DISTINCT subject_id) AS n FROM scans GROUP BY scanner'),
  sql('mean age by sex', 2, 'SELECT sex, AVG(age) AS mean, STDDEV(age) AS sd FROM scans GROUP BY sex'),
  sql('hippocampus by diagnosis', 4, 'SELECT diagnosis, AVG(hippocampus) AS mean FROM scans GROUP BY diagnosis'),
  statistic('brain volume by sex', 2, { name: 'compare', variables: ['brain'], by: ['sex'] }),
  statistic('lesions by sex', 2, { name: 'share', variables: ['lesion'], by: ['sex'], arguments: { level: 'yes' } }),
  statistic('lesion against scanner, χ²', 6, { name: 'chi_squared', variables: ['lesion', 'scanner'] }),
  statistic('correlation of age and brain volume', 1, { name: 'correlation', variables: ['age', 'brain'] }),
  statistic('median and quartiles of motion', 1, { name: 'quantile', variables: ['motion'] }),
  sql('motion, mean and sd', 1, 'SELECT AVG(motion) AS mean, STDDEV(motion) AS sd FROM scans'),
  statistic('brain volume over scanners, ANOVA', 3, { name: 'anova', variables: ['brain'], by: ['scanner'] }),
  statistic('histogram of age', 7, { name: 'histogram', variables: ['age'] }),
  statistic('quality by scanner', 3, { name: 'mean', variables: ['quality'], by: ['scanner'] }),
  statistic('skewness of motion', 1, { name: 'skewness', variables: ['motion'] }),
  statistic('covariance of both volumes', 1, { name: 'covariance', variables: ['brain', 'hippocampus'] }),
  sql(
    'hippocampus of good scans by diagnosis',
    4,
    'SELECT diagnosis, AVG(hippocampus) AS mean FROM scans WHERE quality >= 3 GROUP BY diagnosis'
  ),
  sql(
    'brain volume by diagnosis and sex',
    8,
    'SELECT diagnosis, sex, AVG(brain) AS mean, STDDEV(brain) AS sd FROM scans GROUP BY diagnosis, sex'
  )
]
