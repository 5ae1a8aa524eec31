-- Change of the motor score after twelve months, by sex.
SELECT sex,
       COUNT(DISTINCT subject_id) AS subjects,
       AVG(UPDRS_change)          AS change,
       STDDEV(UPDRS_change)       AS spread
FROM subjects JOIN outcomes USING (subject_id)
WHERE outcomes.visit = 'month_12'
GROUP BY sex
