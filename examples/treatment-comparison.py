"""Treatment against control: mean and spread in each arm, and Welch's t statistic for their difference. Typed releases."""
import math
import statistics

from stimnet import release, tables

control, treatment = (
    [row["value"] for row in tables["test_data"] if row["arm"] == arm] for arm in ("control", "treatment")
)
release("subjects by arm", "table", counts={"control": len(control), "treatment": len(treatment)})
release("control mean", "mean", value=statistics.mean(control))
release("control sd", "sd", value=statistics.stdev(control))
release("treatment mean", "mean", value=statistics.mean(treatment))
release("treatment sd", "sd", value=statistics.stdev(treatment))

# The variance of each mean; for these sizes the normal distribution stands in for Student's.
a, b = (statistics.variance(arm) / len(arm) for arm in (control, treatment))
t = (statistics.mean(treatment) - statistics.mean(control)) / math.sqrt(a + b)
df = (a + b) ** 2 / (a**2 / (len(control) - 1) + b**2 / (len(treatment) - 1))
p = 2 * (1 - statistics.NormalDist().cdf(abs(t)))
release("difference", "test", statistic=t, df=df, p=p)
