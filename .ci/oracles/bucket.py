"""A bucket of moto's S3 server on a port of its own, with faults between it and whoever asks."""

import contextlib
import os
import threading

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

NAME = "versions"
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "a-secret-of-the-test"
CONDITIONS = {"create": "HTTP_IF_NONE_MATCH", "match": "HTTP_IF_MATCH"}


class Quiet(WSGIRequestHandler):
    def log(self, *args):
        pass


class Bucket:
    """The server; each fault is in force while its context lasts."""

    def __init__(self):
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.ignored, self.away, self.losing, self.lost = set(), False, False, 0
        self.held, self.reached, self.go_on = None, threading.Event(), threading.Event()
        # moto looks whether an object is there and then writes it; S3 lets nobody come between.
        self.one_at_a_time = threading.Lock()
        self.server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Quiet)
        self.endpoint = f"http://127.0.0.1:{self.server.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.environment = {
            "AWS_ENDPOINT_URL": self.endpoint, "AWS_ALLOW_HTTP": "true", "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET,
        }
        os.environ.update(self.environment)
        # Nobody else's settings, and no service of a cloud.
        os.environ["NO_PROXY"] = "127.0.0.1"
        self.s3 = boto3.client("s3")
        self.s3.create_bucket(Bucket=NAME)

    def __call__(self, environ, start_response):
        key, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if self.away:
            return hang_up(environ, start_response)
        if method == "PUT" and self.held and self.held in key:
            self.reached.set()
            self.go_on.wait(60)
            return hang_up(environ, start_response)
        is_conditional = any(header in environ for header in CONDITIONS.values())
        for condition in self.ignored:
            environ.pop(CONDITIONS[condition], None)
        if method not in ("PUT", "DELETE"):
            return self.moto(environ, start_response)
        with self.one_at_a_time:
            answer = list(self.moto(environ, start_response))
        if is_conditional and self.losing and self.lost_for_the_first_time(key):
            environ["werkzeug.socket"].shutdown(2)
        return answer

    def lost_for_the_first_time(self, key):
        self.lost += 1
        return self.lost % 2 == 1

    @contextlib.contextmanager
    def ignoring(self, condition):
        self.ignored = {condition}
        yield
        self.ignored = set()

    @contextlib.contextmanager
    def gone(self):
        self.away = True
        yield
        self.away = False

    @contextlib.contextmanager
    def losing_answers(self):
        """Of two conditional puts, the first is done and has no answer."""
        self.losing, self.lost = True, 0
        yield
        self.losing = False

    @contextlib.contextmanager
    def holding(self, part):
        """A put of a key with this part waits, and is never done."""
        self.held = part
        self.reached.clear()
        self.go_on.clear()
        yield self.reached
        self.held = None
        self.go_on.set()

    def keys(self, prefix=""):
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=NAME, Prefix=prefix)
        return [found["Key"] for page in pages for found in page.get("Contents", [])]

    def read(self, key):
        return self.s3.get_object(Bucket=NAME, Key=key)["Body"].read()


def hang_up(environ, start_response):
    environ["werkzeug.socket"].shutdown(2)
    start_response("500 Nobody Reads This", [])
    return []
