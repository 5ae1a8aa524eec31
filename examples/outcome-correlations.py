"""How the change of the motor score after twelve months goes with age, the first score and quality of life.

Of those who came after twelve months and filled in the questionnaire.
"""
import statistics

import stimnet

age = {row["subject_id"]: row["age"] for row in stimnet.tables["subjects"]}
outcomes = {(row["subject_id"], row["visit"]): row for row in stimnet.tables["outcomes"]}
pairs = [
    (outcomes[subject, "baseline"], after)
    for (subject, visit), after in outcomes.items()
    if visit == "month_12" and after["quality_of_life"] is not None
]

change = [after["UPDRS_change"] for _, after in pairs]
result = {
    "age": statistics.correlation(change, [age[after["subject_id"]] for _, after in pairs]),
    "first score": statistics.correlation(change, [before["UPDRS_total"] for before, _ in pairs]),
    "quality of life": statistics.correlation(change, [after["quality_of_life"] for _, after in pairs]),
}
