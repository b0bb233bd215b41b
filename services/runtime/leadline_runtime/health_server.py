"""The pages for machines on a port of their own, for processes that are no steps: /metrics, /healthz, /readyz."""

from collections.abc import Callable, Mapping

from aiohttp import web

from leadline_runtime.web import Answer, Pages


def health_server(pages: Pages) -> web.Server:
    """A server of the three pages."""
    found: Mapping[str, Callable[[], Answer]] = {
        "/metrics": pages.metrics,
        "/healthz": pages.healthz,
        "/readyz": pages.readyz,
    }

    async def answer(request: web.BaseRequest) -> web.Response:
        page = found.get(request.path)
        if page is None:
            return web.Response(status=404, text="there are /metrics, /healthz and /readyz\n")
        told = page()
        return web.Response(status=told.status, body=told.body, headers={"Content-Type": told.content_type})

    return web.Server(answer, access_log=None)
