"""A publisher of official exports on this machine, which answers as publishers do and as networks fail."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas as pd

CLA = (
    "\ufefftime_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,la_name,"
    "new_la_code,population_type,population_estimate,children_count,rate_per_10000\n"
)
ROW = "{year},Reporting year,Local authority,E92000001,England,E12000006,East of England,{number},{name},{code},{of},1000,{n},10\n"
FINGERTIPS = "Indicator ID,Indicator Name,Area Code,Area Name,Sex,Age,Time period,Value,Count,Denominator,Category\n"
AREAS = ((873, "Cambridgeshire", "E10000003"), (881, "Essex", "E10000012"), (926, "Norfolk", "E10000020"))


def looked_after(areas=AREAS, years=(2023, 2024, 2025)):
    of = "Children looked after on 31 March each year"
    rows = [ROW.format(year=year, number=a, name=b, code=c, of=of, n=7) for a, b, c in areas for year in years]
    return (CLA + "".join(rows)).encode()


def lait():
    content = io.BytesIO()
    pd.DataFrame(
        {
            "Short Desc": ["LAC"],
            "LA Number": [873.0],
            "Years": ["2025"],
            "Values": ["48"],
            "LA and Regions": ["Cambridgeshire"],
        }
    ).to_parquet(content)
    return content.getvalue()


class Publisher:
    """A server: what it answers to each path, in turn (the last again and again), and what it was asked."""

    def __init__(self):
        self.answers, self.asked = {}, []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                publisher.asked.append((self.path, self.headers.get("Range")))
                answers = publisher.answers[self.path.partition("?")[0]]
                (answers.pop(0) if len(answers) > 1 else answers[0])(self)
                self.close_connection = True

            def do_CONNECT(self):
                publisher.asked.append(("CONNECT " + self.path, None))
                self.send_error(407)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def gives(content, status=200, cut=None, **headers):
    def answer(request):
        begun = 0
        if (asked := request.headers.get("Range")) and request.headers.get("If-Range") == headers.get("ETag"):
            begun = int(asked.removeprefix("bytes=").removesuffix("-"))
        request.send_response(206 if begun else status)
        request.send_header("Content-Length", str(len(content) - begun))
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content[begun:cut])

    return answer


def leads_to(address):
    return gives(b"", 302, Location=address)
