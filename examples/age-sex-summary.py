"""Age and sex of the cohort. Runs on the standard library; what is printed never leaves."""
import statistics

import stimnet

subjects = stimnet.tables["subjects"]
ages = [row["age"] for row in subjects]
result = {
    "mean age": statistics.mean(ages),
    "sd age": statistics.stdev(ages),
    "share female": sum(row["sex"] == "female" for row in subjects) / len(subjects),
}
