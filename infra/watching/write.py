"""infra/alarms.yaml and infra/dashboard.yaml, by `make alarms`. From the lists here, template.yaml, docs/alarms.md."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

# Both folders are those of programs: neither is a package.
sys.path += [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "local")]

from alarm import alarm
from alarms import ACCEPTANCE, alarms, counted
from cloudformation import read_template
from dashboard import COUNTED, widgets
from metric import metric_filter
from widget import dashboard

INFRA = Path(__file__).resolve().parents[1]
HEAD = """\
# Written by `make alarms` from infra/watching/{source} and template.yaml: edits are lost. A parameter has the name that
# template.yaml gives to what it is about.
"""


@dataclass(frozen=True)
class Nested:
    """A stack that template.yaml nests."""

    path: Path
    source: str
    description: str
    resources: dict

    def written(self) -> str:
        document = {
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": self.description,
            "Parameters": {name: {"Type": "String"} for name in sorted(named(self.resources) - self.resources.keys())},
            "Resources": self.resources,
        }
        return HEAD.format(source=self.source) + yaml.dump(
            document, Dumper=Dumper, sort_keys=False, width=120, allow_unicode=True, default_flow_style=None
        )


class Dumper(yaml.SafeDumper):
    """CloudFormation reads no aliases of YAML, and people read a text of many lines as lines."""

    def ignore_aliases(self, data) -> bool:
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Dumper.add_representer(str, Dumper.represent_text)


def nested_stacks() -> list[Nested]:
    template = read_template()
    filters = {each.name: metric_filter(each) for each in counted(template)}
    watched = {each.name: alarm(each) for each in alarms(template)}
    return [
        Nested(
            INFRA / "alarms.yaml",
            "alarms.py",
            "Alarms of the webhook layer. Nested in template.yaml, and made only with its parameter AlarmTopicArn.",
            {**filters, **watched, "Acceptance": ACCEPTANCE},
        ),
        Nested(
            INFRA / "dashboard.yaml",
            "dashboard.py",
            "Dashboard of the webhook layer, and what is counted for it. Nested in template.yaml, and made only with "
            "its parameter Dashboard.",
            {**{each.name: metric_filter(each) for each in COUNTED}, "Dashboard": dashboard(widgets(template))},
        ),
    ]


def named(value) -> set[str]:
    """The names that are referred to, anywhere inside."""
    match value:
        case {"Ref": name}:
            return {name}
        case {"Fn::Sub": str(text)}:
            return set(re.findall(r"\$\{(\w+)\}", text))
        case dict():
            return set().union(*map(named, value.values()))
        case list():
            return set().union(*map(named, value))
    return set()


if __name__ == "__main__":
    for nested in nested_stacks():
        nested.path.write_text(nested.written(), encoding="utf-8")
