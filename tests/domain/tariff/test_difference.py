"""What changes from one version to the next is told place by place."""

from copy import deepcopy

from domain import tariff
from domain.tariff import Change


def test_changed_added_and_removed_places_are_told_with_their_paths():
    before = tariff.catalogued("zhejiang-residential-tou")
    after = deepcopy(before)
    after["charges"][1]["prices"]["peak"] = "0.60"
    after["voltage"] = "1-10kV"
    del after["valid_to"]
    after["charges"].append({"line": "fund", "kind": "energy", "price": "0.01"})

    assert tariff.difference(before, before) == ()
    assert tariff.difference(before, after) == (
        Change("$.voltage", "<1kV", "1-10kV"),
        Change("$.charges[1].prices.peak", "0.568", "0.60"),
        Change("$.charges[3]", None, {"line": "fund", "kind": "energy", "price": "0.01"}),
    )
