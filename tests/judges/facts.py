"""What each signature of a file says of itself, read by pyHanko. The judges tell that a signature is good, this that it is the one
asked for.
"""
from asn1crypto.core import UTF8String
from asn1crypto.parser import parse
from pyhanko.pdf_utils.reader import PdfFileReader

OPTIONAL = {"cms_algorithm_protection"}  # RFC 6211: whoever signs may add it
COMPARED = {"signature_policy_identifier", "commitment_type"}
# Claimed roles: pyHanko and DSS do not agree on their syntax (RFC 5755 wants a RoleSyntax, DSS writes and reads strings), so it is
# the strings in them that are compared.
ROLES = "signer_attributes_v2"


def facts(path, password=None):
    """A dictionary for each signature of the file, in the order of signing."""
    with open(path, "rb") as file:
        reader = PdfFileReader(file, strict=False)
        if reader.encrypted:
            reader.decrypt(password or "")
        kids = reader.root["/Pages"]["/Kids"]
        pages = [kids.raw_get(index) for index in range(len(kids))]
        return [{"page": pages.index(widget(found.sig_field).raw_get("/P")) + 1} | of_signature(found)
                for found in reader.embedded_regular_signatures]


def widget(field):
    """The widget of a signature field: the field itself, or its only kid."""
    return field["/Kids"][0] if "/Kids" in field else field


def of_signature(embedded):
    dictionary, signer, lock = embedded.sig_object, embedded.signer_info, embedded.fieldmdp
    parameters = signer["signature_algorithm"].native["parameters"]
    attributes = {attribute["type"].native: attribute["values"] for attribute in signer["signed_attrs"]}
    return {
        "field": embedded.field_name,
        "subFilter": str(dictionary["/SubFilter"]),
        "texts": {key[1:]: str(dictionary[key]) for key in ("/Name", "/Reason", "/Location", "/ContactInfo") if key in dictionary},
        "certified": embedded.docmdp_level and embedded.docmdp_level.value,
        "lock": lock and [lock.action.value, lock.fields and [str(getattr(name, "decrypted", name)) for name in lock.fields]],
        "digest": signer["digest_algorithm"]["algorithm"].native,
        "algorithm": signer["signature_algorithm"].signature_algo,
        "salt": parameters and parameters.get("salt_length"),
        "attributes": sorted(attributes.keys() - OPTIONAL),
        "values": {name: str(attributes[name].native) for name in sorted(attributes.keys() & COMPARED)},
        "roles": strings(attributes[ROLES].dump()) if ROLES in attributes else [],
        "certificates": sorted(choice.chosen.subject.native["common_name"] for choice in embedded.signed_data["certificates"]),
    }


def strings(der):
    """All UTF8Strings in a DER value, however deep."""
    found = []
    while der:
        kind, constructed, tag, header, content, _ = parse(der)
        if constructed:
            found += strings(content)
        elif (kind, tag) == (0, UTF8String.tag):
            found.append(content.decode())
        der = der[len(header) + len(content):]
    return found
