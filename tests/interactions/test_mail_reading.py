"""E-mails as they come: encodings, HTML, files, and whatever else somebody sends."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interactions.analytics.mail import NotAMailError, read_mail, text_of_html


def mail(**headers: str) -> EmailMessage:
    """A mail with headers; underscores stand for hyphens."""
    message = EmailMessage()
    start = {
        "From": "Maija Ranta <maija@shop.example>",
        "To": "aino@kam.test, Li Mei <LI@shop.example>",
        "Subject": "Tarjous – 报价",
        "Date": "Mon, 15 Jun 2026 10:00:00 +0300",
        "Message_ID": "<abc@shop.example>",
    }
    for name, value in {**start, **headers}.items():
        if value:
            message[name.replace("_", "-")] = value
    return message


def test_a_mail_with_html_and_a_file() -> None:
    message = mail()
    message.set_content("Hei!\n\n\n\nKiitos.\n")
    message.add_alternative("<p>Hei!</p>", subtype="html")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="ä.pdf")
    found = read_mail(message.as_bytes())
    assert found.key == "abc@shop.example"
    assert found.subject == "Tarjous – 报价"
    assert found.text == "Hei!\n\nKiitos."
    assert found.sent_at == datetime(2026, 6, 15, 7, tzinfo=UTC)
    assert found.senders == [("maija@shop.example", "Maija Ranta")]
    assert found.recipients == [("aino@kam.test", ""), ("li@shop.example", "Li Mei")]
    assert [(one.name, one.content_type, one.content) for one in found.parts] == [
        ("ä.pdf", "application/pdf", b"%PDF-1.4")
    ]
    assert not found.was_html


def test_html_is_reduced_to_its_words() -> None:
    html = """<html><head><title>T</title><style>p{}</style></head><body onload="x()">
    <script>alert(1)</script><p>Dear &amp; good <b>friend</b></p><img src=x onerror=alert(2)>
    <a href="javascript:y()">Price</a><br>12&nbsp;€<!-- secret --></body></html>"""
    assert text_of_html(html) == "Dear & good friend\nPrice\n12 €"
    message = mail()
    message.set_content(html, subtype="html")
    found = read_mail(message.as_bytes())
    assert found.was_html
    assert found.text == "Dear & good friend\nPrice\n12 €"


def test_odd_headers_and_encodings() -> None:
    raw = (
        b"From: =?latin-1?q?J=E4rvi?= <j@shop.example>\r\nSubject: =?utf-8?b?w4Q=?=\r\n"
        b"Date: someday\r\nContent-Type: text/plain; charset=no-such\r\n\r\nP\xe4iv\xe4\xe4 tulee"
    )
    found = read_mail(raw)
    assert found.senders == [("j@shop.example", "Järvi")]
    assert (found.subject, found.sent_at) == ("Ä", None)
    assert found.text.startswith("P")
    assert found.key.startswith("sha256:")
    assert read_mail(raw).key == found.key
    late = b"Received: from x by y; Mon, 15 Jun 2026 10:00:00 +0000\r\n" + raw
    assert read_mail(late).sent_at == datetime(2026, 6, 15, 10, tzinfo=UTC)


def test_a_clock_out_of_all_reach_is_no_time() -> None:
    late = mail(Date="Fri, 31 Dec 9999 23:59:59 +0000")
    assert read_mail(late.as_bytes()).sent_at is None


def test_what_is_no_mail_is_refused() -> None:
    for content, code in ((b"", "no_mail"), (b"\x00\x01\xff", "no_mail")):
        with pytest.raises(NotAMailError) as refused:
            read_mail(content)
        assert refused.value.code == code
    with pytest.raises(NotAMailError) as refused:
        read_mail(b"x" * (20 * 1024 * 1024 + 1))
    assert refused.value.code == "too_large"


NAMES = st.sampled_from(
    ["From", "To", "Date", "Subject", "Content-Type", "Content-Transfer-Encoding", "Message-ID"]
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["multipart/mixed; boundary=a", "text/html; charset=utf-7", "=?x?q?=?=", "base64", "@,<>;:"]
    ),
)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.binary(max_size=200), st.text())
@settings(max_examples=200, deadline=None)
def test_nothing_that_comes_in_is_an_unhandled_error(
    headers: list[tuple[str, str]], body: bytes, html: str
) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    for content in (body, head.encode("utf-8", "replace") + b"\r\n--a\r\n" + body):
        try:
            found = read_mail(content)
        except NotAMailError:
            continue
        for words in (found.key, found.subject, found.text):
            assert "\x00" not in words
            words.encode()
    assert "<script" not in text_of_html(f"<p>{html}</p><script>alert(1)</script>").lower() or (
        "<script" in html.lower() or "&lt" in html.lower()
    )
