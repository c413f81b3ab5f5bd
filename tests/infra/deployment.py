"""What a deployment of infra/ would make, worked out without Azure.

It goes as in Azure's Resource Manager: a name has its value when something needs
it, a resource whose condition is false is not made, and a module is a template
with parameters of its own. What only Azure knows, such as the host name that an
app gets, is made up here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.infra import syntax
from tests.infra.expressions import SUBSCRIPTION, value
from tests.infra.syntax import MAIN, Declaration, Template
from tests.infra.values import Object, Value, as_object

APP = "00000000-0000-0000-0000-000000000003"
APP_CLIENT = "00000000-0000-0000-0000-000000000004"


@dataclass(frozen=True, slots=True)
class Resource:
    type: str
    version: str
    id: str
    symbol: str
    body: Object

    @property
    def name(self) -> str:
        return str(self.body["name"])

    def at(self, path: str) -> Value:
        """What stands at a path such as `properties.runtime.name`; None if nothing does."""
        found: Value = self.body
        for step in path.split("."):
            if not isinstance(found, dict):
                return None
            found = found.get(step)
        return found


@dataclass(frozen=True, slots=True)
class Deployment:
    resources: tuple[Resource, ...]
    outputs: Object

    def of(self, kind: str) -> list[Resource]:
        return [each for each in self.resources if each.type == kind]

    def get(self, symbol: str) -> Resource:
        (found,) = (each for each in self.resources if each.symbol == symbol)
        return found


def deploy(**given: Value) -> Deployment:
    """Work out main.bicep with these parameters."""
    usual: Object = {"environmentName": "test", "location": "westeurope"}
    made: list[Resource] = []
    outputs = Work(syntax.read(MAIN), {**usual, **given}, SUBSCRIPTION, made).finish()
    return Deployment(tuple(made), outputs)


@dataclass(slots=True)
class Work:
    """One template, while it is worked out."""

    template: Template
    given: Object
    scope: str
    made: list[Resource]
    known: Object = field(default_factory=dict)

    def finish(self) -> Object:
        """Make everything, and give what the template puts out."""
        for name in self.template.names:
            self.get(name)
        return {name: self._value(each) for name, each in self.template.outputs.items()}

    def get(self, name: str) -> Value:
        if name not in self.known:
            self.known[name] = self._resolve(self.template.names[name])
        return self.known[name]

    def _resolve(self, declared: Declaration) -> Value:
        match declared.kind:
            case "param" if declared.name in self.given:
                return self.given[declared.name]
            case "resource":
                return self._each(declared, self._make)
            case "module":
                return self._each(declared, self._deploy)
            case _:
                return self._value(declared)

    def _value(self, declared: Declaration) -> Value:
        assert declared.value is not None, f"{declared.name} is not given"
        return value(declared.value, self.get)

    def _each(self, declared: Declaration, make: Callable[[Declaration, Object], Value]) -> Value:
        """Make what is declared: once, not at all, or for each element of a list."""
        body = self._value(declared)
        if isinstance(body, list):
            return [make(declared, each) for each in body if isinstance(each, dict)]
        return make(declared, body) if isinstance(body, dict) else None

    def _make(self, declared: Declaration, body: Object) -> Value:
        kind, _, version = declared.type.partition("@")
        own = kind.rpartition("/")[2] if "parent" in body else f"providers/{kind}"
        name = str(body["name"])
        resource_id = f"{self._owner(body)}/{own}/{name}"
        self.made.append(Resource(kind, version, resource_id, declared.name, body))
        asked = as_object(body.get("properties", {}))
        return {**body, "id": resource_id, "properties": {**asked, **_answers(kind, name)}}

    def _deploy(self, declared: Declaration, body: Object) -> Value:
        template = syntax.read(self.template.path.parent / declared.type)
        inner = Work(template, as_object(body["params"]), self._owner(body), self.made)
        return {"outputs": inner.finish()}

    def _owner(self, body: Object) -> str:
        owner = body.get("parent") or body.get("scope")
        return str(owner["id"]) if isinstance(owner, dict) else self.scope


def _answers(kind: str, name: str) -> Object:
    """What Azure tells of a resource that nobody asked of it."""
    match kind:
        case "Microsoft.ManagedIdentity/userAssignedIdentities":
            return {"principalId": APP, "clientId": APP_CLIENT}
        case "Microsoft.Insights/components":
            return {"ConnectionString": "InstrumentationKey=0"}
        case "Microsoft.Storage/storageAccounts":
            return {"primaryEndpoints": {"blob": f"https://{name}.blob.core.windows.net/"}}
        case "Microsoft.Web/sites":
            return {
                "defaultHostName": f"{name}.azurewebsites.net",
                "customDomainVerificationId": "0",
            }
        case "Microsoft.Web/sites/certificates":
            return {"thumbprint": "0" * 40}
        case _:
            return {}
