"""A stand-in for the Functions host, around the real Python worker from PyPI.

`python -m tests.runtime.host APP_FOLDER PORT` loads the app as Azure does: the
worker indexes it and runs it, and every request is forwarded to the server
inside the worker with the headers that the host's proxy sets. Only what this
app needs is here: HTTP streams and a call of the timer.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import azure_functions_runtime as worker
import httpx
import uvicorn
from azure_functions_runtime import handle_event, native_invocation
from azure_functions_runtime.bindings.datumdef import Datum
from azure_functions_runtime.http_v2 import http_coordinator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from feed.localhost import decoded, pattern

_DROPPED = {"host", "connection", "transfer-encoding", "content-length"}
_DROPPED_FROM_ANSWERS = {b"transfer-encoding", b"connection", b"server", b"date"}


class Message(SimpleNamespace):
    """Whatever message the worker builds or reads: it only sets and gets attributes."""


class Protos:
    """The messages of the host's protocol, as far as the worker touches them."""

    class BindingInfo(Message):
        in_, out, inout, undefined = 0, 1, 2, 0

    class StatusResult(Message):
        Failure, Success = 0, 1

    WorkerInitResponse = FunctionMetadataResponse = RpcFunctionMetadata = Message
    InvocationResponse = WorkerMetadata = RpcRetryOptions = RpcException = Message


class Http(Message):
    def WhichOneof(self, _: str) -> str:  # noqa: N802  (the name is protobuf's)
        return "http"


class NoBody:
    def WhichOneof(self, _: str) -> None:  # noqa: N802
        return None


class Input(Message):
    def WhichOneof(self, _: str) -> str:  # noqa: N802
        return "data"


class Host:
    """Starts the worker, then sends it what arrives."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.functions: list[Any] = []  # the worker's own metadata objects have no types
        self.address = ""
        self.client = httpx.AsyncClient(timeout=60, follow_redirects=False)

    async def start(self) -> None:
        worker.start_threadpool_executor()
        init = SimpleNamespace(capabilities={}, function_app_directory=str(self.folder))
        request = SimpleNamespace(
            request=SimpleNamespace(worker_init_request=init),
            properties={"host": "127.0.0.1", "protos": Protos},
        )
        answer = await worker.worker_init_request(request)
        if answer.result.status != Protos.StatusResult.Success:
            raise RuntimeError(answer.result.exception.message)
        self.address = answer.capabilities["HttpUri"]
        self.functions = sorted(handle_event._metadata_result, key=lambda each: each.name.upper())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await self.start()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        request = Request(scope, receive, send)
        response = await self._respond(request)
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        path = decoded(request.scope["raw_path"])
        if path == "/test/contexts":
            return JSONResponse(len(http_coordinator._context_references))
        if path == "/test/functions":
            return JSONResponse([each.name for each in self.functions])
        if path.startswith("/test/timer/"):
            return JSONResponse(await self._fire(path.rsplit("/", 1)[1]))
        for function in self.functions:
            trigger = _trigger(function)
            match = pattern(trigger.get("route") or "").fullmatch(path)
            if match and request.method in trigger.get("methods", []):
                values = {k: v for k, v in match.groupdict().items() if v is not None}
                return await self._forward(request, path, function, trigger["name"], values)
        return Response(status_code=404)

    async def _fire(self, name: str) -> bool:
        function = next(each for each in self.functions if each.name == name)
        datum = Datum(json.dumps({"IsPastDue": False}), "json")
        inputs = [(_trigger(function)["name"], datum)]
        ok, *_ = await native_invocation.invocation_request_native(
            str(uuid4()), function.function_id, inputs, {}
        )
        return bool(ok)

    async def _forward(
        self, request: Request, path: str, function: Any, name: str, values: dict[str, str]
    ) -> Response:
        invocation = str(uuid4())
        call = asyncio.create_task(
            worker.invocation_request(_invocation(invocation, function.function_id, name, values))
        )
        headers = [(k, v) for k, v in request.headers.items() if k not in _DROPPED]
        headers += [
            ("x-ms-invocation-id", invocation),
            ("x-forwarded-host", request.headers.get("host", "")),
        ]
        query = f"?{request.url.query}" if request.url.query else ""
        outgoing = self.client.build_request(
            request.method,
            self.address + quote(path, safe="/%~!$&()*+,;=:@-._") + query,
            headers=headers,
            content=request.stream() if _has_body(request) else None,
        )
        answer = await self.client.send(outgoing, stream=True)

        async def chunks() -> AsyncIterator[bytes]:
            async for chunk in answer.aiter_raw():
                yield chunk
            await answer.aclose()
            await call

        response = StreamingResponse(chunks(), status_code=answer.status_code)
        response.raw_headers = [
            (k.lower(), v) for k, v in answer.headers.raw if k.lower() not in _DROPPED_FROM_ANSWERS
        ]
        return response


def _trigger(function: Any) -> dict[str, Any]:
    bindings = (json.loads(each) for each in function.raw_bindings)
    found: dict[str, Any] = next(b for b in bindings if b["type"].lower().endswith("trigger"))
    return found


def _has_body(request: Request) -> bool:
    length = int(request.headers.get("content-length", 0))
    return length > 0 or "transfer-encoding" in request.headers


def _invocation(
    invocation: str, function: str, name: str, values: dict[str, str]
) -> SimpleNamespace:
    http = SimpleNamespace(method="", url="", headers={}, query={}, params=values, body=NoBody())
    trace = SimpleNamespace(trace_parent="", trace_state="", attributes={})
    retry = SimpleNamespace(retry_count=0, max_retry_count=0, exception=None)
    request = SimpleNamespace(
        invocation_id=invocation,
        function_id=function,
        input_data=[Input(name=name, data=Http(http=http))],
        trigger_metadata={},
        trace_context=trace,
        retry_context=retry,
    )
    return SimpleNamespace(request=SimpleNamespace(invocation_request=request))


if __name__ == "__main__":
    folder = Path(sys.argv[1]).resolve()
    sys.path.insert(0, str(folder))
    uvicorn.run(Host(folder), port=int(sys.argv[2]), log_level="warning", lifespan="on")
