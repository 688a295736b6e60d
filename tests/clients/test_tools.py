"""The tools that app teams build with: they read our schema and our documents without a finding."""

import json
import shutil
import subprocess
from pathlib import Path

from api.graphql import trusted_documents

HERE = Path(__file__).parent
GENERATED = HERE / "generated"


def tool(node, script, *given, cwd=HERE):
    done = subprocess.run(
        [node, HERE / "node_modules" / script, *given],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def emptied(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def test_relay_compiles_pages_mutations_and_subscriptions_against_the_schema(node):
    emptied(GENERATED / "relay")
    persisted = GENERATED / "relay.json"
    persisted.write_text("{}")
    tool(node, "relay-compiler/cli.js", "relay.config.json", cwd=HERE / "relay")

    assert len(list((GENERATED / "relay").iterdir())) == 5
    assert len(json.loads(persisted.read_text())) == 4
    assert json.loads(persisted.read_text()).items() <= trusted_documents(persisted).items()


def test_the_generated_types_of_the_documents_compile_and_reject_floats(node):
    emptied(GENERATED / "codegen")
    tool(node, "@graphql-codegen/cli/esm/bin.js", "--config", "typed/codegen.json")
    tool(node, "typescript/bin/tsc", "-p", "typed")

    persisted = GENERATED / "codegen" / "persisted-documents.json"
    assert json.loads(persisted.read_text()).items() <= trusted_documents(persisted).items()


def test_graphql_eslint_finds_nothing_but_the_documented_exceptions(node):
    root = HERE.parents[1]
    examples = sorted(map(str, Path("examples").glob("*.graphql")))
    config = HERE / "eslint.config.mjs"
    tool(node, "eslint/bin/eslint.js", "-c", config, "schema.graphql", *examples, cwd=root)
