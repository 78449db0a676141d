# rms::val.prob on every table of a folder (columns p, y, w), and its recalibration with weights; writes the numbers as one table.
suppressMessages(library(rms))
folder <- commandArgs(TRUE)[1]
numbers <- lapply(list.files(folder, "^[0-9]+[.]csv$", full.names = TRUE), function(path) {
  t <- read.csv(path, colClasses = "numeric")
  # val.prob knows no weights; glm warns of those that are no whole numbers.
  control <- glm.control(epsilon = 1e-14, maxit = 100)
  fit <- function(formula) suppressWarnings(coef(glm(formula, binomial, t, weights = w, control = control)))
  plain <- if (all(t$w == 1)) val.prob(t$p, t$y, pl = FALSE)[c("Slope", "Intercept", "Eavg", "E90", "Emax", "Brier")] else rep(NA, 6)
  off <- if (all(t$w == 1)) abs(t$p - approx(lowess(t$p, t$y, iter = 0), xout = t$p, ties = mean)$y) else NA
  data.frame(table = basename(path), val_prob_slope = plain[1], val_prob_intercept = plain[2], ici = plain[3], e90 = plain[4],
             emax = plain[5], brier = plain[6], e50 = median(off), calibration_slope = fit(y ~ qlogis(p))[2],
             calibration_intercept = fit(y ~ 1 + offset(qlogis(p))))
})
write.table(format(do.call(rbind, numbers), digits = 17), file.path(folder, "numbers.csv"), sep = ",", row.names = FALSE, quote = FALSE)
