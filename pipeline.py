"""The pack: which reports, in which order, with which parameters.

python pipeline.py run        make and publish all of them
python pipeline.py --help     everything else
"""

from casebook.cli import Report, main

AREA = "Cambridgeshire"

PACK = [
    Report("register"),
    Report("care-rates"),
    Report("chlamydia", "benchmark", {"indicator": "chlamydia_detection"}),
    Report("health-checks", "benchmark", {"indicator": "health_checks"}),
    Report("smoking", "benchmark", {"indicator": "smoking_prevalence"}),
    Report("public-health-savings", only_for="Cambridgeshire"),
    Report("ehcp-forecast", only_for="Cambridgeshire"),
    Report("ot-demand", only_for="Cambridgeshire"),
    Report("placement-costs", only_for="Cambridgeshire"),
]

if __name__ == "__main__":
    main(PACK, AREA)
