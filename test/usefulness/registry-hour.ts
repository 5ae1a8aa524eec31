/** The questions of a clinician's first hour with a registry. */
import { type Question, sql, statistic } from './study.ts'

/** The questions, the most common ones first. */
export const REGISTRY_HOUR: readonly Question[] = [
  sql('how many people', 1, 'SELECT COUNT(DISTINCT patient_id) AS n FROM patients'),
  sql('mean age by sex', 2, 'SELECT sex, AVG(age) AS mean, STDDEV(age) AS sd FROM patients GROUP BY sex'),
  sql(
    'people by smoking',
    3,
    'SELECT smoking, COUNT(smoking) AS n FROM patients WHERE smoking IS NOT NULL GROUP BY smoking'
  ),
  sql('CRP by sex', 2, 'SELECT sex, AVG(crp) AS mean, STDDEV(crp) AS sd FROM patients GROUP BY sex'),
  statistic('creatinine, mean and sd', 1, { name: 'moments', variables: ['creatinine'] }),
  sql('diabetes by sex', 2, "SELECT sex, SHARE(diabetes, 'yes') AS share FROM patients GROUP BY sex"),
  statistic('diabetes against sex, χ²', 4, { name: 'chi_squared', variables: ['diabetes', 'sex'] }),
  statistic('correlation of age and creatinine', 1, { name: 'correlation', variables: ['age', 'creatinine'] }),
  statistic('median and quartiles of CRP', 1, { name: 'quantile', variables: ['crp'] }),
  statistic('BMI with diabetes and without', 2, { name: 'compare', variables: ['bmi'], by: ['diabetes'] }),
  statistic('histogram of age', 7, { name: 'histogram', variables: ['age'] }),
  statistic('BMI over smoking, ANOVA', 3, { name: 'anova', variables: ['bmi'], by: ['smoking'] }),
  statistic('skewness of ferritin', 1, { name: 'skewness', variables: ['ferritin'] }),
  statistic('covariance of CRP and ferritin', 1, { name: 'covariance', variables: ['crp', 'ferritin'] }),
  sql('people by region', 12, 'SELECT region, COUNT(DISTINCT patient_id) AS n FROM patients GROUP BY region'),
  sql('CRP by diagnosis', 20, 'SELECT diagnosis, AVG(crp) AS mean FROM patients GROUP BY diagnosis'),
  sql('deaths by diabetes', 2, "SELECT diabetes, SHARE(died, 'yes') AS share FROM patients GROUP BY diabetes"),
  sql('CRP since 2015 by sex', 2, 'SELECT sex, AVG(crp) AS mean FROM patients WHERE year >= 2015 GROUP BY sex')
]
