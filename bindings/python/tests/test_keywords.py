"""Options as keywords and as mappings, and what is said of a wrong name."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest
import rustpdf
from rustpdf import FieldLock, SignaturePolicy, SigningOptions

from .support.pdf import make_pdf
from .support.pki import CHAIN, MOMENT, certificate, never, signer

PDF = make_pdf()
SIGNER = rustpdf.Signer(certificate(), signer(), CHAIN)
POLICY = SignaturePolicy(oid="1.2.3", digest_algorithm="sha256", digest=bytes(32))
OPTIONS = SigningOptions(
    name="A",
    location="B",
    contact_info="C",
    field_name="D",
    lock=FieldLock(action="include", fields=["E"]),
    policy=POLICY,
    signer_roles=["F"],
    container_size=9000,
    utc_offset_minutes=60,
)


def test_keywords_a_mapping_and_the_class_mean_the_same() -> None:
    named: rustpdf.OptionKeywords = {
        "name": "A",
        "location": "B",
        "contact_info": "C",
        "field_name": "D",
        "lock": {"action": "include", "fields": ["E"]},
        "policy": {"oid": "1.2.3", "digest_algorithm": "sha256", "digest": bytes(32)},
        "signer_roles": ["F"],
        "container_size": 9000,
        "utc_offset_minutes": 60,
    }
    expected = rustpdf.sign(PDF, signer=SIGNER, options=OPTIONS, **MOMENT).pdf
    assert rustpdf.sign(PDF, signer=SIGNER, options=named, **MOMENT).pdf == expected
    assert rustpdf.sign(PDF, signer=SIGNER, **named, **MOMENT).pdf == expected
    typed: dict[str, Any] = {**named, "lock": OPTIONS.lock, "policy": POLICY}
    assert rustpdf.sign(PDF, signer=SIGNER, **typed, **MOMENT).pdf == expected
    assert rustpdf.sign(PDF, signer=SIGNER, options=typed, **MOMENT).pdf == expected
    session = rustpdf.begin_signing(PDF, certificate=certificate(), chain=CHAIN, **named, **MOMENT)
    assert session.request is not None
    assert session.complete_with_signature(signer()(session.request.data, session.request)) == expected


def test_keywords_replace_single_options() -> None:
    for options in (SigningOptions(name="A", location="B"), {"name": "A", "location": "B"}):
        (signature,) = rustpdf.inspect(rustpdf.sign(PDF, signer=SIGNER, options=options, location="C").pdf).signatures
        assert (signature.name, signature.location) == ("A", "C")
        (signature,) = rustpdf.inspect(rustpdf.sign(PDF, signer=SIGNER, options=options, location=None).pdf).signatures
        assert (signature.name, signature.location) == ("A", None)


CALLS = [name for name in rustpdf.__all__ if inspect.isfunction(getattr(rustpdf, name))]
WITHOUT_KEYWORDS = {"audited", "certificate_request", "http_client", "inspect", "recover_file", "self_signed", "unfinished_session"}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_keyword_is_an_error_of_the_call(name: str) -> None:
    call: Any = getattr(rustpdf, name)
    parameters = inspect.signature(call).parameters.values()
    positional = [b""] * sum(one.kind is one.POSITIONAL_OR_KEYWORD and one.default is one.empty for one in parameters)
    needed = {"signer": never} if any(one.name == "signer" and one.kind is one.KEYWORD_ONLY for one in parameters) else {}
    with pytest.raises(TypeError, match=rf"^{name}\(\) got an unexpected keyword argument 'canceled'") as caught:
        result = call(*positional, **needed, canceled=None)
        asyncio.run(result)
    suggests = str(caught.value).endswith("; did you mean 'cancelled'?")
    assert suggests == (name.removesuffix("_async") not in WITHOUT_KEYWORDS)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ({"resaon": "x"}, "; did you mean 'reason'?"),
        ({"fieldName": "x"}, "; did you mean 'field_name'?"),
        ({"signatureAlgorithm": "rsa-pss"}, "; did you mean 'signature_algorithm'?"),
        ({"signingTime": None}, "; did you mean 'signing_time'?"),
        ({"certificates": b""}, "; did you mean 'certificate'?"),
        ({"on_report": print}, None),
        ({"qqq": 1}, ""),
    ],
)
def test_a_wrong_keyword_and_the_right_one(given: dict[str, Any], meant: str | None) -> None:
    (name,) = given
    with pytest.raises(TypeError) as caught:
        rustpdf.sign(PDF, signer=SIGNER, **given)
    message = str(caught.value)
    assert message.startswith(f"sign() got an unexpected keyword argument '{name}'")
    if meant is not None:
        assert message == f"sign() got an unexpected keyword argument '{name}'{meant}"


def test_a_method_is_named_with_its_class() -> None:
    session = rustpdf.begin_signing_file(PDF, certificate=certificate(), chain=CHAIN)
    call: Any = session.complete_signed
    with pytest.raises(
        TypeError, match=r"^FileSession.complete_signed\(\) got an unexpected keyword argument 'replaced'; did you mean 'replace'\?$"
    ):
        call(None, replaced=True)
    batch: Any = rustpdf.begin_signing_many([PDF])
    with pytest.raises(
        TypeError, match=r"^SessionBatch.complete\(\) got an unexpected keyword argument 'inFlight'; did you mean 'in_flight'\?$"
    ):
        batch.complete([], [], inFlight=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fieldName": "x"}, "there is no option `fieldName`; did you mean `field_name`? docs/options.md lists the options"),
        ({"resaon": "x"}, "there is no option `resaon`; did you mean `reason`? docs/options.md lists the options"),
        ({"qqq": 1}, "there is no option `qqq`; correct its name; docs/options.md lists the options"),
        (
            {"policy": {"digestAlgorithm": "sha256"}},
            "there is no option `digestAlgorithm`; did you mean `digest_algorithm`? ",
        ),
        ({"lock": {"actoin": "all"}}, "there is no option `actoin`; did you mean `action`? docs/options.md"),
    ],
)
def test_a_wrong_name_in_a_mapping(options: Any, message: str) -> None:
    for call in (
        lambda: rustpdf.sign_with(PDF, certificate(), never, options=options),
        lambda: rustpdf.sign(PDF, signer=never, certificate=certificate(), options=options),
        lambda: rustpdf.sign_in_turn(PDF, [rustpdf.Signer(certificate(), never, options=options)]),
        lambda: rustpdf.resume_unsealed(b"", PDF, options=options),
        lambda: rustpdf.begin_signing_many([PDF], options=options),
    ):
        with pytest.raises(rustpdf.RustpdfError) as caught:
            call()
        assert caught.value.code == "ERR_OPTION_UNKNOWN"
        assert caught.value.message.startswith(message)


def test_a_message_of_the_core_spells_options_as_python_does() -> None:
    with pytest.raises(rustpdf.RustpdfError, match=r"^`container_size` "):
        rustpdf.sign(PDF, signer=SIGNER, container_size=2000)
    with pytest.raises(rustpdf.RustpdfError, match="`utc_offset_minutes`"):
        rustpdf.resume_unsealed(rustpdf.begin_signing(PDF).serialize_unsealed(), PDF, certificate=certificate(), utc_offset_minutes=10**6)
