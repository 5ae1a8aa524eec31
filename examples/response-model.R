# Who responds after twelve months: logistic regression on age, sex and motor subtype. R needs no library here: in the
# embedded sandbox it is there once the institution has added it (stimnet sandbox add r).
rows <- merge(load_data("subjects"), subset(load_data("outcomes"), visit == "month_12"), by = "subject_id")
rows$responds <- rows$treatment_response == "responder"

fit <- glm(responds ~ age + sex + diagnosis, binomial(), rows)
terms <- coef(summary(fit))
rownames(terms) <- c("intercept", "age", "male", "mixed", "tremor-dominant")

stimnet$release("response", "coefficients", terms = terms)
stimnet$release("people", "count", value = nrow(rows))
stimnet$release("responders", "proportion", value = mean(rows$responds))
