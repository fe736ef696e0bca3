"""Writes the JSON schemas that DeploymentFilesTest checks the files of docker/kubernetes and docker/grafana with.

    python3 make_schemas.py kubernetes SWAGGER_JSON CRD_YAML... KAFKA_SCALER_GO
    python3 make_schemas.py grafana TYPES_JSON

SWAGGER_JSON is Kubernetes' published OpenAPI description (api/openapi-spec/swagger.json of github.com/kubernetes/kubernetes).
CRD_YAML are custom resource definitions: config/crd/bases/keda.sh_scaledobjects.yaml and keda.sh_triggerauthentications.yaml
of github.com/kedacore/keda, and packaging/install/cluster-operator/043-Crd-kafkatopic.yaml and 044-Crd-kafkauser.yaml of
github.com/strimzi/strimzi-kafka-operator. KAFKA_SCALER_GO is KEDA's pkg/scalers/kafka_scaler.go. dashboard.ts tells how
TYPES_JSON is generated. All these projects' files are under the Apache License 2.0. The schemas here are from Kubernetes 1.36,
KEDA 2.20.2, Strimzi 1.2.0 and Grafana 12.1.0.

Descriptions are left out. A property that is not in a schema is an error, as with kubectl's strict validation.
"""
import json
import re
import sys

import yaml

KINDS = {
    "v1 Service": "io.k8s.api.core.v1.Service",
    "v1 ConfigMap": "io.k8s.api.core.v1.ConfigMap",
    "v1 Secret": "io.k8s.api.core.v1.Secret",
    "apps/v1 StatefulSet": "io.k8s.api.apps.v1.StatefulSet",
    "policy/v1 PodDisruptionBudget": "io.k8s.api.policy.v1.PodDisruptionBudget",
    "networking.k8s.io/v1 NetworkPolicy": "io.k8s.api.networking.v1.NetworkPolicy",
}
METADATA = {"$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"}
KEPT = ("type", "format", "enum", "pattern", "required", "$ref", "minimum", "maximum", "minLength", "maxLength", "minItems")


def strict(schema):
    """Returns a schema of OpenAPI as a JSON schema without descriptions that knows all its properties."""
    if schema.get("x-kubernetes-int-or-string") or schema.get("format") == "int-or-string":
        return {"type": ["integer", "string"]}
    out = {key: schema[key] for key in KEPT if key in schema}
    if schema.get("nullable"):
        out["type"] = [out["type"], "null"]
    if "items" in schema:
        out["items"] = strict(schema["items"])
    for key in ("oneOf", "anyOf", "allOf"):
        if key in schema and any(part for part in schema[key]):
            out[key] = [strict(part) for part in schema[key]]
    if "properties" in schema:
        out["properties"] = {name: strict(part) for name, part in sorted(schema["properties"].items()) if name != "status"}
        out["additionalProperties"] = bool(schema.get("x-kubernetes-preserve-unknown-fields"))
    elif isinstance(schema.get("additionalProperties"), dict):
        out["additionalProperties"] = strict(schema["additionalProperties"])
    return out


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rsplit("/", 1)[1]
        for part in node.values():
            yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


def kafka_trigger(source):
    """Returns the schema of a Kafka trigger's metadata, from the tags of the fields that KEDA reads it into."""
    properties, required = {}, []
    for tag in re.findall(r'`keda:"name=([^"]*)"`', source):
        name, _, rest = tag.partition(",")
        order = re.search(r"order=([^,]*)", rest).group(1).split(";")
        if "triggerMetadata" in order:
            properties[name] = {"type": "string"}
            values = re.search(r"enum=([^,]*)", rest)
            if values:
                properties[name]["enum"] = values.group(1).split(";")
            if "resolvedEnv" in order:
                properties[name + "FromEnv"] = {"type": "string"}
            elif "optional" not in rest.split(",") and "default=" not in rest:
                required.append(name)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def write(name, schema):
    with open(name, "w") as out:
        json.dump(schema, out, indent=0, separators=(",", ":"), sort_keys=True)
        out.write("\n")


def kubernetes(swagger, *others):
    published = json.load(open(swagger))["definitions"]
    definitions, waiting, kinds = {}, [*KINDS.values(), METADATA["$ref"].rsplit("/", 1)[1]], {}
    while waiting:
        name = waiting.pop()
        if name not in definitions:
            definitions[name] = strict(published[name])
            waiting += references(definitions[name])
    definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"] = {
        "type": ["string", "number"], "pattern": r"^[+-]?[0-9.]+(m|k|[KMGTPE]i?|[eE][+-]?[0-9]+)?$"}
    for kind, name in KINDS.items():
        kinds[kind] = {"$ref": "#/definitions/" + name}
        definitions[name]["required"] = sorted({*definitions[name].get("required", []), "apiVersion", "kind", "metadata"})
    for file in others:
        if file.endswith(".go"):
            definitions["keda.kafka.trigger"] = kafka_trigger(open(file).read())
            continue
        crd = yaml.safe_load(open(file))["spec"]
        for version in crd["versions"]:
            if version["served"] and version["storage"]:
                schema = strict(version["schema"]["openAPIV3Schema"])
                schema["properties"]["metadata"] = METADATA
                schema["required"] = sorted({*schema.get("required", []), "apiVersion", "kind", "metadata"})
                kinds[f"{crd['group']}/{version['name']} {crd['names']['kind']}"] = schema
    write("kubernetes.json", {"kinds": kinds, "definitions": definitions})


def without_descriptions(node, named=False):
    if isinstance(node, dict):
        return {name: without_descriptions(part, not named and name == "properties")
                for name, part in node.items() if named or name not in ("description", "deprecated", "default")}
    return [without_descriptions(part) for part in node] if isinstance(node, list) else node


def grafana(types):
    schema = without_descriptions(json.load(open(types)))
    panels = schema["properties"]["panels"]["items"]["anyOf"]
    schema["properties"]["panels"] = {"type": "array", "minItems": 1}
    write("grafana.json", {"dashboard": schema, "panels": {panel["properties"]["type"]["const"]: panel for panel in panels}})


{"kubernetes": kubernetes, "grafana": grafana}[sys.argv[1]](*sys.argv[2:])
