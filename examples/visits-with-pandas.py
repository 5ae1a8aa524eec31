"""Motor score and quality of life at each visit, with pandas: for institutions whose sandbox has it (Docker)."""
from data_loader import load_data

outcomes = load_data("outcomes")
means = outcomes.groupby("visit")[["UPDRS_total", "quality_of_life"]].mean()
result = {
    "mean score": means["UPDRS_total"].to_dict(),
    "mean quality of life": means["quality_of_life"].to_dict(),
    "correlation": outcomes["UPDRS_total"].corr(outcomes["quality_of_life"]),
}
