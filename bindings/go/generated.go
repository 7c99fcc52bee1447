// Code generated from the core by scripts/generate.sh. DO NOT EDIT.

package rustpdf

import (
	"encoding/json"
	"fmt"
	"strings"
)

// DigestAlgorithm is a digest algorithm, by its one name in every language.
type DigestAlgorithm string

const (
	// DigestAlgorithmSHA256 is SHA-256.
	DigestAlgorithmSHA256 DigestAlgorithm = "sha256"
	// DigestAlgorithmSHA384 is SHA-384.
	DigestAlgorithmSHA384 DigestAlgorithm = "sha384"
	// DigestAlgorithmSHA512 is SHA-512.
	DigestAlgorithmSHA512 DigestAlgorithm = "sha512"
)

// SignatureAlgorithm is a signature algorithm without its digest, by its one name in every
// language.
type SignatureAlgorithm string

const (
	// SignatureAlgorithmRSAPKCS1 is RSASSA-PKCS1-v1_5 (RFC 8017, 8.2).
	SignatureAlgorithmRSAPKCS1 SignatureAlgorithm = "rsa-pkcs1"
	// SignatureAlgorithmRSAPSS is RSASSA-PSS (RFC 8017, 8.1), the mask made by MGF1 with the same
	// digest.
	SignatureAlgorithmRSAPSS SignatureAlgorithm = "rsa-pss"
	// SignatureAlgorithmECDSA is ECDSA (FIPS 186-5, 6).
	SignatureAlgorithmECDSA SignatureAlgorithm = "ecdsa"
	// SignatureAlgorithmEd25519 is Ed25519 (RFC 8032).
	SignatureAlgorithmEd25519 SignatureAlgorithm = "ed25519"
)

// BoxCorner is the corner of a page as it is seen.
type BoxCorner string

const (
	// BoxCornerBottomRight is a lower right corner.
	BoxCornerBottomRight BoxCorner = "bottom-right"
	// BoxCornerBottomLeft is a lower left corner.
	BoxCornerBottomLeft BoxCorner = "bottom-left"
	// BoxCornerTopRight is an upper right corner.
	BoxCornerTopRight BoxCorner = "top-right"
	// BoxCornerTopLeft is an upper left corner.
	BoxCornerTopLeft BoxCorner = "top-left"
)

// LengthUnit is the unit of lengths on a page.
type LengthUnit string

const (
	// LengthUnitPt is a point, 1/72 inch.
	LengthUnitPt LengthUnit = "pt"
	// LengthUnitMm is a millimetre.
	LengthUnitMm LengthUnit = "mm"
)

// TextAlign is the alignment of lines.
type TextAlign string

const (
	// TextAlignStart is the start of the box.
	TextAlignStart TextAlign = "start"
	// TextAlignCenter is the middle of the box.
	TextAlignCenter TextAlign = "center"
	// TextAlignEnd is the end of the box.
	TextAlignEnd TextAlign = "end"
)

// ImagePlace is the place of an image.
type ImagePlace string

const (
	// ImagePlaceStart is the start of the box, before the text.
	ImagePlaceStart ImagePlace = "start"
	// ImagePlaceEnd is the end of the box, after the text.
	ImagePlaceEnd ImagePlace = "end"
	// ImagePlaceTop is the top of the box, above the text.
	ImagePlaceTop ImagePlace = "top"
	// ImagePlaceBehind is the background of the text.
	ImagePlaceBehind ImagePlace = "behind"
	// ImagePlaceOnly is a whole box, instead of the text.
	ImagePlaceOnly ImagePlace = "only"
)

// ImageAlpha is the treatment of transparent pixels.
type ImageAlpha string

const (
	// ImageAlphaMask is the mask of the fully transparent pixels. Others are blended with white. Every
	// kind of PDF/A permits it.
	ImageAlphaMask ImageAlpha = "mask"
	// ImageAlphaSoft is the transparency of each pixel (`/SMask`). An error in PDF/A.
	ImageAlphaSoft ImageAlpha = "soft"
)

// Certification names changes that a certified document permits (ISO 32000-2, table 257).
type Certification int

const (
	// CertificationNoChanges means no changes.
	CertificationNoChanges Certification = 1
	// CertificationFormFilling means filling in forms and signing.
	CertificationFormFilling Certification = 2
	// CertificationAnnotations means filling in forms, signing and annotations.
	CertificationAnnotations Certification = 3
)

// LockAction is the meaning of the list of a `FieldLock`.
type LockAction string

const (
	// LockActionAll means all fields. The list is ignored.
	LockActionAll LockAction = "all"
	// LockActionInclude is the fields listed.
	LockActionInclude LockAction = "include"
	// LockActionExclude means all fields but those listed.
	LockActionExclude LockAction = "exclude"
)

// Level is the level of a PAdES signature (EN 319 142-1, 6.3).
type Level string

const (
	// LevelBB is the signature alone.
	LevelBB Level = "B-B"
	// LevelBT is a signature with a timestamp.
	LevelBT Level = "B-T"
	// LevelBLT is a signature with a timestamp, certificates and revocation data.
	LevelBLT Level = "B-LT"
	// LevelBLTA is a signature with all that, and a document timestamp over it.
	LevelBLTA Level = "B-LTA"
)

// RevocationSource is the source of revocation data that is asked first.
type RevocationSource string

const (
	// RevocationSourceOCSP means OCSP responses.
	RevocationSourceOCSP RevocationSource = "ocsp"
	// RevocationSourceCRL means revocation lists.
	RevocationSourceCRL RevocationSource = "crl"
)

// Curve is a curve of ECDSA (FIPS 186-5).
type Curve string

const (
	// CurveP256 is NIST P-256, secp256r1.
	CurveP256 Curve = "p256"
	// CurveP384 is NIST P-384, secp384r1.
	CurveP384 Curve = "p384"
	// CurveP521 is NIST P-521, secp521r1.
	CurveP521 Curve = "p521"
)

// XrefKind is a kind of cross-reference section (ISO 32000-2, 7.5.4 and 7.5.8).
type XrefKind string

const (
	// XrefKindTable is a cross-reference table.
	XrefKindTable XrefKind = "table"
	// XrefKindStream is a cross-reference stream.
	XrefKindStream XrefKind = "stream"
)

// Appearance is the place of a visible signature, and its content. Without `rect` and `position`
// the box is at the lower right corner of the page. A place is for a new field: an existing one
// keeps its own.
type Appearance struct {
	// Page of a new field: from 1, or from the end as -1 (the last). Default: that of the option
	// `page`.
	Page int `json:"page,omitempty"`
	// Box of a new field on the page as it is seen: left, bottom, right and top from the lower left
	// corner, in `unit`.
	Rect []float64 `json:"rect,omitempty"`
	// Box of a new field by a corner of the page, instead of `rect`.
	Position *BoxPosition `json:"position,omitempty"`
	// Unit of `rect` and `position`.
	Unit LengthUnit `json:"unit,omitempty"`
	// Text that a viewer shows for the field, and that a screen reader speaks (`/TU`, `/Contents`).
	// Default in a tagged document: its name.
	Tooltip string `json:"tooltip,omitempty"`
	// Page of a PDF as the appearance: alone, or behind the text if a drawing option is given. It
	// keeps its proportions.
	PDF *AppearancePDF `json:"pdf,omitempty"`
	// Template of the text. NoText draws no text. Values: `{label}`, `{name}`, `{date}`, `{reason}`,
	// `{location}`, `{contact}`, `{field}`, `{serial}`, and attributes of the certificate such as
	// `{subject.O}` and `{issuer.CN}`. `{reason}` and `{location}` begin with their labels. `**…**` is
	// bold, and a line that is bold as a whole is larger. A line that has an empty value is left out.
	// Write `{{` and `}}` for braces. Default: {label}\n**{name}**\n{date}\n{reason}\n{location}.
	Text string `json:"text,omitempty"`
	// Language of the labels (BCP 47): one of the official languages of the European Union, or `ar`,
	// `hi`, `ja`, `ko`, `no`, `tr`, `uk`, `zh-Hans`, `zh-Hant`. A region is permitted (`pt-BR`).
	// Scripts other than Latin, Greek and Cyrillic require `font`. Default: en.
	Language string `json:"language,omitempty"`
	// Labels that replace those of the language.
	Labels *AppearanceLabels `json:"labels,omitempty"`
	// Pattern of the date: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss`, and `xxx` for the offset from UTC,
	// `+01:00` or `UTC`. Quote other letters: `dd.MM.yyyy 'um' HH:mm`. Default: yyyy-MM-dd HH:mm:ss
	// xxx.
	DateFormat string `json:"dateFormat,omitempty"`
	// Fonts in the order of preference. A character is drawn with the first font that has it. The
	// built-in font (Latin, Greek, Cyrillic) is the last.
	Font []AppearanceFont `json:"font,omitempty"`
	// Size of the text in points, before it is shrunk to fit the box. The name is larger, the label
	// smaller. Default: 7.2.
	FontSize float64 `json:"fontSize,omitempty"`
	// Colour of text, strokes and QR code. Default: #000000.
	Color string `json:"color,omitempty"`
	// Alignment of the lines. `start` is the right of the box if the name is written from right to
	// left. Default: start.
	Align TextAlign `json:"align,omitempty"`
	// Image: a logo, or a signature by hand.
	Image *AppearanceImage `json:"image,omitempty"`
	// Handwriting: strokes, each a list x, y, x, y … with y down, as from a canvas. Scaled to the
	// place of the image.
	Strokes [][]float64 `json:"strokes,omitempty"`
	// Template of the text of a QR code, drawn at the end of the box. Its values are those of `text`,
	// without labels. At most 2,331 bytes.
	QR string `json:"qr,omitempty"`
	// Colour of the box. Default: transparent. A colour hides the content of the page below.
	Background string `json:"background,omitempty"`
	// Border of the box.
	Border *AppearanceBorder `json:"border,omitempty"`
	// Colour of the bar at the start of the box, or `none`.
	Accent string `json:"accent,omitempty"`
}

// BoxPosition is the place of a box by a corner of the page as it is seen.
type BoxPosition struct {
	// Corner.
	Corner BoxCorner `json:"corner,omitempty"`
	// Width of the box. Default: 210 points.
	Width float64 `json:"width,omitempty"`
	// Height of the box. Default: 60 points.
	Height float64 `json:"height,omitempty"`
	// Distance of the box from both edges of the page. Default: 36 points. NoMargin is a distance of
	// 0.
	Margin float64 `json:"margin,omitempty"`
}

// AppearancePDF is the page of a PDF that becomes an appearance.
type AppearancePDF struct {
	// The PDF.
	Data HexBytes `json:"data"`
	// Page: from 1, or from the end as -1 (the last). Default: 1.
	Page int `json:"page,omitempty"`
}

// AppearanceLabels contains labels of the text. Those that are absent are of the language.
type AppearanceLabels struct {
	// Text of `{label}`. Default: `Digitally signed by` in the language.
	SignedBy string `json:"signedBy,omitempty"`
	// Label of the reason, without colon. NoText leaves out the label.
	Reason string `json:"reason,omitempty"`
	// Label of the location, without colon. NoText leaves out the label.
	Location string `json:"location,omitempty"`
}

// AppearanceFont is a font: TrueType or OpenType, alone or in a collection. A subset of it is
// embedded.
type AppearanceFont struct {
	// Font file.
	Regular HexBytes `json:"regular"`
	// Font file of bold text. Default: the regular one.
	Bold HexBytes `json:"bold,omitempty"`
	// Number of the font in a collection. The first is 0.
	Index int `json:"index,omitempty"`
}

// AppearanceImage is the image of an appearance. Its proportions are kept.
type AppearanceImage struct {
	// PNG or JPEG file.
	Data HexBytes `json:"data"`
	// Place in the box.
	Place ImagePlace `json:"place,omitempty"`
	// Share of the box that the image has: of its width, or of its height if it is at the top.
	// Default: 0.4, at the top 0.5.
	Share float64 `json:"share,omitempty"`
	// Treatment of transparent pixels.
	Alpha ImageAlpha `json:"alpha,omitempty"`
}

// AppearanceBorder is the border of the box, drawn inside.
type AppearanceBorder struct {
	// Width of the line in points. Default: 0.5.
	Width float64 `json:"width,omitempty"`
	// Colour of the line. Default: #b4b4b4.
	Color string `json:"color,omitempty"`
}

// EmptyField is an empty signature field for a later signer. A later signature that fills it in
// changes nothing else, so earlier signatures stay valid for every validator.
type EmptyField struct {
	// Name, without a dot.
	Name string `json:"name"`
	// Page: from 1, or from the end as -1 (the last). Default: that of the option `page`.
	Page int `json:"page,omitempty"`
	// Box on the page as it is seen: left, bottom, right and top from the lower left corner, in
	// `unit`.
	Rect []float64 `json:"rect,omitempty"`
	// Box by a corner of the page, instead of `rect`. Without either the box is at the lower right
	// corner.
	Position *BoxPosition `json:"position,omitempty"`
	// Unit of `rect` and `position`.
	Unit LengthUnit `json:"unit,omitempty"`
	// Text that a viewer shows for the field, and that a screen reader speaks (`/TU`, `/Contents`).
	// Default in a tagged document: its name.
	Tooltip string `json:"tooltip,omitempty"`
}

// FieldLock contains form fields that a signature locks (ISO 32000-2, table 236).
type FieldLock struct {
	// Fields to lock: all, those listed, or all but those listed.
	Action LockAction `json:"action"`
	// Full names of the fields to include or exclude. A name includes all fields below it.
	Fields []string `json:"fields,omitempty"`
}

// SignaturePolicy is a signature policy: the document, named by its digest, that defines the
// meaning of the signature. EN 319 122-1, 5.2.9.
type SignaturePolicy struct {
	// Object identifier of the policy, in numbers and dots.
	OID string `json:"oid"`
	// Algorithm of the digest of the policy's document.
	DigestAlgorithm DigestAlgorithm `json:"digestAlgorithm"`
	// Digest of the policy's document.
	Digest HexBytes `json:"digest"`
	// Address of the policy's document.
	URI string `json:"uri,omitempty"`
}

// TimestampOptions are timestamps of a call (RFC 3161).
type TimestampOptions struct {
	// Timestamp services. The next one is asked if one fails.
	Services TimestampServices `json:"services"`
	// Digest algorithm of all timestamps, whatever that of the signature is.
	DigestAlgorithm DigestAlgorithm `json:"digestAlgorithm,omitempty"`
	// Object identifier of the policy that the service is to use. Default: that of the service.
	Policy string `json:"policy,omitempty"`
	// Bytes to reserve for a timestamp. Default: 12288.
	Size int64 `json:"size,omitempty"`
}

// TimestampService is a timestamp service of the caller (RFC 3161). Its address and header fields
// stay in the process: neither a session nor a report has them.
type TimestampService struct {
	// Address, `http` or `https`.
	URL string `json:"url"`
	// Header fields of each request, such as `Authorization`.
	Headers map[string]string `json:"headers,omitempty"`
}

// ValidationOptions are options for certificates and revocation data.
type ValidationOptions struct {
	// Trusted certificates, each DER or PEM. Every chain must end at one of them. Without them each
	// chain warns at B-LT and above, and none is looked at below.
	Trust []HexBytes `json:"trust,omitempty"`
	// Further issuers, each DER, PEM or PKCS #7.
	Certificates []HexBytes `json:"certificates,omitempty"`
	// OCSP responses that are at hand, each DER.
	Ocsps []HexBytes `json:"ocsps,omitempty"`
	// Revocation lists that are at hand, each DER or PEM.
	Crls []HexBytes `json:"crls,omitempty"`
	// Source that is asked first.
	Prefer RevocationSource `json:"prefer,omitempty"`
	// Ask servers for issuers and revocation data. On by default: Offline turns it off.
	Online bool `json:"online,omitempty"`
	// Offline turns Online off, which an absent value leaves on.
	Offline bool `json:"-" off:"online"`
	// Greatest age of revocation data in seconds, counted from the timestamp. Default: any age, with a
	// warning.
	RevocationAge int `json:"revocationAge,omitempty"`
	// Largest revocation list in bytes. The document grows by it.
	MaxCRL int `json:"maxCrl,omitempty"`
	// Send a nonce with OCSP requests (RFC 9654). Many responders answer with cached responses, which
	// have none.
	OCSPNonce bool `json:"ocspNonce,omitempty"`
}

// MarshalJSON returns the options as the core reads them.
func (o ValidationOptions) MarshalJSON() ([]byte, error) {
	type plain ValidationOptions
	wire := struct {
		plain
		Online *bool `json:"online,omitempty"`
	}{plain: plain(o)}
	if o.Offline {
		wire.Online = new(bool)
	}
	return json.Marshal(wire)
}

// SigningOptions are options of a signature. The default is a PAdES B-B approval signature in a new
// invisible field on the first page.
type SigningOptions struct {
	// Make a PAdES signature (`ETSI.CAdES.detached`). On by default: PlainCMS turns it off.
	Pades bool `json:"pades,omitempty"`
	// PlainCMS turns Pades off, which an absent value leaves on.
	PlainCMS bool `json:"-" off:"pades"`
	// Digest algorithm. Default: SHA-256 for RSA, for P-256 and without a certificate, SHA-384 for
	// P-384, SHA-512 for P-521 and Ed25519.
	DigestAlgorithm DigestAlgorithm `json:"digestAlgorithm,omitempty"`
	// Signature algorithm. Default: that of the certificate's key, for RSA `rsa-pkcs1`. With `pades:
	// false` and without a certificate, a session requests a raw signature of this algorithm, and the
	// certificate comes with the signature.
	SignatureAlgorithm SignatureAlgorithm `json:"signatureAlgorithm,omitempty"`
	// Full name of an existing empty signature field, or name of the new one, without a dot. Default:
	// a free name.
	FieldName string `json:"fieldName,omitempty"`
	// Sign only an existing field. If `fieldName` is not the name of one, refuse, and list the empty
	// signature fields. If false, make a new invisible field.
	ExistingField bool `json:"existingField,omitempty"`
	// Page of a new field's widget: from 1, or from the end as -1 (the last).
	Page int `json:"page,omitempty"`
	// Make the signature visible. If absent, a new field is invisible, and an existing one keeps its
	// appearance.
	Appearance *Appearance `json:"appearance,omitempty"`
	// Empty signature fields to make for later signers, with the first signature of the document.
	EmptyFields []EmptyField `json:"emptyFields,omitempty"`
	// Name of the signer (`/Name`), for a certificate that does not have it.
	Name string `json:"name,omitempty"`
	// Reason of the signature (`/Reason`). PAdES forbids it beside a policy or a commitment type (EN
	// 319 142-1, 6.3).
	Reason string `json:"reason,omitempty"`
	// Place of the signature (`/Location`).
	Location string `json:"location,omitempty"`
	// Contact information of the signer (`/ContactInfo`).
	ContactInfo string `json:"contactInfo,omitempty"`
	// Certify the document. Only the first signature can certify. The level (`/P` of DocMDP) names the
	// changes that stay permitted.
	Certify Certification `json:"certify,omitempty"`
	// Form fields that the signature locks (FieldMDP). The `/Lock` of an existing field takes
	// precedence.
	Lock *FieldLock `json:"lock,omitempty"`
	// Signature policy (EN 319 122-1, 5.2.9).
	Policy *SignaturePolicy `json:"policy,omitempty"`
	// Commitment of the signer (EN 319 122-1, 5.2.3): `proof-of-origin`, `-receipt`, `-delivery`,
	// `-sender`, `-approval` or `-creation`, or an object identifier.
	CommitmentType string `json:"commitmentType,omitempty"`
	// Roles that the signer claims (EN 319 122-1, 5.2.6).
	SignerRoles []string `json:"signerRoles,omitempty"`
	// Offset of the time that `/M` shows from UTC, in minutes, positive to the east. The time itself
	// stays the same.
	UTCOffsetMinutes int `json:"utcOffsetMinutes,omitempty"`
	// Add the signing-time attribute to a plain CMS signature (`pades: false`). The time of a PAdES
	// signature is `/M` alone.
	SigningTimeAttribute bool `json:"signingTimeAttribute,omitempty"`
	// Bytes to reserve for the container. Default: computed, or 32768 without a certificate.
	ContainerSize int64 `json:"containerSize,omitempty"`
	// Set `/NeedAppearances` of the form to false. If it stays true, Acrobat redraws the form and does
	// not show the signature as valid. Fields without an appearance stay empty until a viewer draws
	// them.
	ClearNeedAppearances bool `json:"clearNeedAppearances,omitempty"`
	// Refuse a damaged or ambiguous document, and a certificate that has expired, is not valid yet, or
	// is not meant for signing. If false, the report warns.
	Strict bool `json:"strict,omitempty"`
	// User or owner password of an encrypted document. A document that needs no password is opened
	// without one.
	Password string `json:"password,omitempty"`
	// Level of the signature (EN 319 142-1, 6.3). Above `B-B` it needs PAdES and `timestamp`.
	Level Level `json:"level,omitempty"`
	// Lowest level that is accepted if a service fails. Between it and `level` the report warns.
	// Default: `level`.
	MinimumLevel Level `json:"minimumLevel,omitempty"`
	// Timestamps.
	Timestamp *TimestampOptions `json:"timestamp,omitempty"`
	// Certificates and revocation data.
	Validation *ValidationOptions `json:"validation,omitempty"`
	// Fetch missing issuers of the signing certificate from the addresses in certificates (RFC 5280,
	// 4.2.2.1), before the key is asked. Those that cannot be fetched are left out with
	// `WARN_CHAIN_INCOMPLETE`. No address is asked if `validation.online` is false, nor for a session.
	CompleteChain bool `json:"completeChain,omitempty"`
	// Verify the raw signature against the certificate before embedding it. On by default:
	// SkipSignatureCheck turns it off.
	CheckSignature bool `json:"checkSignature,omitempty"`
	// SkipSignatureCheck turns CheckSignature off, which an absent value leaves on.
	SkipSignatureCheck bool `json:"-" off:"checkSignature"`
}

// MarshalJSON returns the options as the core reads them.
func (o SigningOptions) MarshalJSON() ([]byte, error) {
	type plain SigningOptions
	wire := struct {
		plain
		Pades          *bool `json:"pades,omitempty"`
		CheckSignature *bool `json:"checkSignature,omitempty"`
	}{plain: plain(o)}
	if o.PlainCMS {
		wire.Pades = new(bool)
	}
	if o.SkipSignatureCheck {
		wire.CheckSignature = new(bool)
	}
	return json.Marshal(wire)
}

// ExtensionOptions are options of raising signatures to a level, or of a document timestamp alone.
type ExtensionOptions struct {
	// Level that the signatures are to have. Of signatures that have B-LTA the evidence is renewed.
	Level Level `json:"level,omitempty"`
	// Lowest level that is accepted if a service fails. Between it and `level` the report warns.
	// Default: `level`.
	MinimumLevel Level `json:"minimumLevel,omitempty"`
	// Full names of the signature fields to raise. Default: all that are signed.
	Fields []string `json:"fields,omitempty"`
	// Full name of the field of a new document timestamp. Default: a free name.
	FieldName string `json:"fieldName,omitempty"`
	// Timestamps.
	Timestamp *TimestampOptions `json:"timestamp,omitempty"`
	// Certificates and revocation data.
	Validation *ValidationOptions `json:"validation,omitempty"`
	// Refuse a damaged or ambiguous document. If false, the report warns.
	Strict bool `json:"strict,omitempty"`
	// User or owner password of an encrypted document. A document that needs no password is opened
	// without one.
	Password string `json:"password,omitempty"`
}

// SigningRequest is a request for a raw signature, in every form that key stores accept: message,
// digest, DigestInfo.
type SigningRequest struct {
	// Message, for a key store that hashes it.
	Data HexBytes `json:"data"`
	// Digest of `data`, for a key store that signs digests. Ed25519 signs `data` itself.
	Digest HexBytes `json:"digest"`
	// DER of DigestInfo around `digest` (RFC 8017, 9.2), for raw RSA such as `CKM_RSA_PKCS` of PKCS
	// #11. For `rsa-pkcs1` only.
	DigestInfo HexBytes `json:"digestInfo,omitempty"`
	// Digest algorithm, for `digest` and for the key store.
	DigestAlgorithm DigestAlgorithm `json:"digestAlgorithm"`
	// Signature algorithm.
	SignatureAlgorithm SignatureAlgorithm `json:"signatureAlgorithm"`
	// Length of the salt, in bytes. For `rsa-pss` only.
	SaltLength int `json:"saltLength,omitempty"`
	// Curve of the key. For `ecdsa` only.
	Curve Curve `json:"curve,omitempty"`
	// Digest of the document over `/ByteRange`, by `digest_algorithm`: the bytes that the signature
	// covers. Absent for a certificate.
	DocumentDigest HexBytes `json:"documentDigest,omitempty"`
	// Name of the document's file, without its folder. Absent if the document is not a file.
	DocumentName string `json:"documentName,omitempty"`
	// Name of the signature field. Absent in a saved session of an encrypted document, and in one
	// without a seal.
	FieldName string `json:"fieldName,omitempty"`
	// SHA-256 of the certificate of the key. Absent if it comes with the signature.
	CertificateDigest HexBytes `json:"certificateDigest,omitempty"`
}

// TimestampReport is a timestamp that was made.
type TimestampReport struct {
	// Number of the service, from 0.
	Service int `json:"service"`
	// Time of the timestamp, in RFC 3339.
	Time string `json:"time"`
	// Policy of the service, an object identifier.
	Policy string `json:"policy"`
	// Length of the token in bytes.
	TokenLength int64 `json:"tokenLength"`
	// End of the validity of the service's certificate, in RFC 3339.
	NotAfter string `json:"notAfter"`
	// Whether it covers the whole document. A timestamp of a signature covers that signature.
	OfDocument bool `json:"ofDocument"`
}

// ValidationReport is a certificates and revocation data that a document contains for validation.
type ValidationReport struct {
	// Number of certificates.
	Certificates int64 `json:"certificates"`
	// Number of OCSP responses.
	Ocsps int64 `json:"ocsps"`
	// Number of revocation lists.
	Crls int64 `json:"crls"`
	// Number of all these that this call added.
	Added int64 `json:"added"`
	// Bytes of the added ones, before compression.
	Bytes int64 `json:"bytes"`
}

// RequestReport is a request to a server, and how it ended.
type RequestReport struct {
	// Purpose: `timestamp`, `ocsp`, `crl` or `issuer`.
	Purpose string `json:"purpose"`
	// Name of the server. Absent for a timestamp service, which has a number.
	Host string `json:"host,omitempty"`
	// Number of the timestamp service, from 0.
	Service int `json:"service,omitempty"`
	// Status code of the response.
	Status int `json:"status,omitempty"`
	// Kind of the failure, if there is no response.
	Failed string `json:"failed,omitempty"`
	// Length of the response's body in bytes.
	Bytes int64 `json:"bytes"`
	// Whether the response came from the cache.
	Cached bool `json:"cached"`
}

// Warning is a fact that the caller should know, and that did not stop the signing.
type Warning struct {
	// The stable code, such as `WARN_CERTIFICATE_EXPIRED`.
	Code WarningCode `json:"code"`
	// Message: the finding, and its meaning.
	Message string `json:"message"`
}

// Report is the report of a signature: field, sizes, algorithms, warnings.
type Report struct {
	// Full name of the signature field.
	Field string `json:"field"`
	// Whether this signature made the field.
	NewField bool `json:"newField"`
	// Page of a new field's widget, from 1. Absent if the document has no pages.
	Page int `json:"page,omitempty"`
	// Box of a visible signature on the page as it is seen: left, bottom, right and top in points.
	// Absent if the signature is invisible.
	Rect []float64 `json:"rect,omitempty"`
	// Number of this revision. The first revision of a document is 1.
	Revision int64 `json:"revision"`
	// Kind of the update's cross-reference: `table` or `stream`, as in the revision before.
	Xref XrefKind `json:"xref"`
	// Length of the document before the signature, in bytes.
	DocumentLength int64 `json:"documentLength"`
	// Length of the update, in bytes.
	UpdateLength int64 `json:"updateLength"`
	// `/ByteRange`: bytes that the signature covers, as offsets and lengths from the start of the
	// file.
	ByteRange []int64 `json:"byteRange"`
	// Bytes reserved for the container.
	ContainerSize int64 `json:"containerSize"`
	// Length of the container, in bytes. Absent before it is made.
	ContainerLength int64 `json:"containerLength,omitempty"`
	// `/SubFilter`.
	SubFilter string `json:"subFilter"`
	// Digest algorithm of the signature.
	DigestAlgorithm DigestAlgorithm `json:"digestAlgorithm"`
	// Signature algorithm. Absent without a certificate.
	SignatureAlgorithm SignatureAlgorithm `json:"signatureAlgorithm,omitempty"`
	// Level of the certification. Absent if the signature does not certify.
	Certified Certification `json:"certified,omitempty"`
	// Level that the signature has (EN 319 142-1, 6.3). Absent without PAdES, and before the container
	// is made.
	Level Level `json:"level,omitempty"`
	// Timestamps of this call, in their order. Absent if there are none.
	Timestamps []TimestampReport `json:"timestamps,omitempty"`
	// Certificates and revocation data in the document security store. Absent below B-LT.
	Validation *ValidationReport `json:"validation,omitempty"`
	// Requests to servers, in their order. Absent if there were none.
	Requests []RequestReport `json:"requests,omitempty"`
	// Time by which the evidence must be renewed, in RFC 3339: the end of the last timestamp's
	// certificate. Absent without a timestamp.
	RenewBefore string `json:"renewBefore,omitempty"`
	// Number of steps that read ranges of the document.
	Reads int `json:"reads"`
	// Number of bytes that these steps read. The hashed bytes do not count.
	BytesRead int64 `json:"bytesRead"`
	// Warnings.
	Warnings []Warning `json:"warnings"`
}

// ExtendedSignature is a signature that was raised.
type ExtendedSignature struct {
	// Full name of the signature field.
	Field string `json:"field"`
	// Level before.
	Before Level `json:"before"`
	// Level now.
	Level Level `json:"level"`
}

// ExtensionReport is the report of raising signatures to a level, or of a document timestamp.
type ExtensionReport struct {
	// Lowest level that a raised signature has now. Absent for a document timestamp alone.
	Level Level `json:"level,omitempty"`
	// Signatures that were raised.
	Signatures []ExtendedSignature `json:"signatures,omitempty"`
	// Number of revisions that were appended. 0 if nothing was to be done.
	Revisions int64 `json:"revisions"`
	// Length of the document before, in bytes.
	DocumentLength int64 `json:"documentLength"`
	// Length of what was appended, in bytes.
	UpdateLength int64 `json:"updateLength"`
	// Timestamps of this call, in their order. Absent if there are none.
	Timestamps []TimestampReport `json:"timestamps,omitempty"`
	// Certificates and revocation data in the document security store. Absent below B-LT.
	Validation *ValidationReport `json:"validation,omitempty"`
	// Requests to servers, in their order. Absent if there were none.
	Requests []RequestReport `json:"requests,omitempty"`
	// Time by which the evidence must be renewed, in RFC 3339: the end of the last timestamp's
	// certificate.
	RenewBefore string `json:"renewBefore,omitempty"`
	// Warnings.
	Warnings []Warning `json:"warnings"`
}

// ErrorCode is the stable code of an error, the same in every language.
type ErrorCode string

const (
	// The document has no bytes; give a PDF file.
	ErrFileEmpty ErrorCode = "ERR_FILE_EMPTY"
	// There is no %PDF- header in the first 1,024 bytes; give the PDF file itself, as it was before it
	// was packed or converted.
	ErrNotAPDF ErrorCode = "ERR_NOT_A_PDF"
	// The document ends early; get a complete copy of the file.
	ErrFileTruncated ErrorCode = "ERR_FILE_TRUNCATED"
	// There is no startxref near the end of the document; get a complete copy, or let a PDF tool
	// rewrite the file before it is signed.
	ErrXrefMissing ErrorCode = "ERR_XREF_MISSING"
	// The cross-reference of the document is damaged; let a PDF tool rewrite the file before it is
	// signed.
	ErrXrefBroken ErrorCode = "ERR_XREF_BROKEN"
	// An object of the document cannot be read; let a PDF tool rewrite the file before it is signed.
	ErrObjectBroken ErrorCode = "ERR_OBJECT_BROKEN"
	// Readers can take different objects from the document; let a PDF tool rewrite the file before it
	// is signed, and look at the result.
	ErrXrefAmbiguous ErrorCode = "ERR_XREF_AMBIGUOUS"
	// The document contains a second definition of an object that the signature changes; let a PDF
	// tool rewrite the file before it is signed, and look at the result.
	ErrObjectShadowed ErrorCode = "ERR_OBJECT_SHADOWED"
	// A stream of the document cannot be decoded; let a PDF tool rewrite the file before it is signed.
	ErrStreamBroken ErrorCode = "ERR_STREAM_BROKEN"
	// The document is encrypted in a way that is not known; sign a document that is encrypted by a
	// password (RC4, AES-128 or AES-256) or not at all.
	ErrEncryptionUnsupported ErrorCode = "ERR_ENCRYPTION_UNSUPPORTED"
	// The document has an integrity code (ISO/TS 32004), and a signature in two phases cannot renew
	// it; sign in one call, or sign a copy that was encrypted without an integrity code.
	ErrEncryptionMAC ErrorCode = "ERR_ENCRYPTION_MAC"
	// The integrity code of the document (ISO/TS 32004) was made by an unknown algorithm; sign a copy
	// that was encrypted without an integrity code.
	ErrMACAlgorithm ErrorCode = "ERR_MAC_ALGORITHM"
	// The integrity code of the document (ISO/TS 32004) is wrong: the document was changed without its
	// password, or by a program that does not renew the code; get an unchanged copy, or let its author
	// encrypt it again.
	ErrMACInvalid ErrorCode = "ERR_MAC_INVALID"
	// The document has no usable catalog; get a complete copy, or let a PDF tool rewrite the file
	// before it is signed.
	ErrCatalog ErrorCode = "ERR_CATALOG"
	// The page tree cannot be read; get a complete copy, or let a PDF tool rewrite the file before it
	// is signed.
	ErrPageTree ErrorCode = "ERR_PAGE_TREE"
	// The form of the document cannot be read; let a PDF tool rewrite the file before it is signed.
	ErrForm ErrorCode = "ERR_FORM"
	// The document is certified and allows no changes, and a signature is one; ask its author for a
	// copy that permits signing.
	ErrCertified ErrorCode = "ERR_CERTIFIED"
	// An earlier signature locks the field; sign another field, or ask that signer for a copy with
	// this field unlocked.
	ErrFieldLocked ErrorCode = "ERR_FIELD_LOCKED"
	// The seed values (/SV) of the field ask for another signature; sign as they ask, or sign another
	// field.
	ErrSeedValue ErrorCode = "ERR_SEED_VALUE"
	// The document changed while it was being signed; sign it again, and let nothing else write to it
	// meanwhile.
	ErrFileChanged ErrorCode = "ERR_FILE_CHANGED"
	// Another process signs the document in place, or was interrupted; wait for it; if no process
	// signs the document, recover it.
	ErrFileBusy ErrorCode = "ERR_FILE_BUSY"
	// The journal beside the document is damaged; check that the document opens, then remove the
	// journal.
	ErrJournalDamaged ErrorCode = "ERR_JOURNAL_DAMAGED"
	// The journal beside the document may come from another user; recover the document by naming the
	// journal's owner, if you trust that user and nobody else can write the journal; else remove the
	// journal.
	ErrJournalOwner ErrorCode = "ERR_JOURNAL_OWNER"
	// Another run uses the ledger; wait for it; if no run uses the ledger, remove its lock file.
	ErrLedgerBusy ErrorCode = "ERR_LEDGER_BUSY"
	// The file is not a ledger; give the ledger of an earlier run, or the name of a new file.
	ErrLedgerFormat ErrorCode = "ERR_LEDGER_FORMAT"
	// An earlier run was interrupted, and the output is neither as it was nor signed; look at the
	// output, then remove the lines of the job from the ledger.
	ErrLedgerState ErrorCode = "ERR_LEDGER_STATE"
	// The document security store (/DSS) cannot be read; let a PDF tool rewrite the file before it is
	// signed.
	ErrDSS ErrorCode = "ERR_DSS"
	// A signature of the document is broken, and must not be extended; leave it out by naming the
	// other fields (`fields`), or get an unchanged copy.
	ErrSignatureBroken ErrorCode = "ERR_SIGNATURE_BROKEN"
	// The document has no signature to extend; sign it first, or give it a document timestamp alone.
	ErrSignatureMissing ErrorCode = "ERR_SIGNATURE_MISSING"
	// The journal beside the document belongs to another document; check that the document is the
	// right one, then remove the journal.
	ErrJournalDocument ErrorCode = "ERR_JOURNAL_DOCUMENT"
	// There is no such option; correct its name; docs/options.md lists the options.
	ErrOptionUnknown ErrorCode = "ERR_OPTION_UNKNOWN"
	// An option has a value that it cannot have; give a value of the kind named.
	ErrOptionValue ErrorCode = "ERR_OPTION_VALUE"
	// The signing time is no date; give a valid date between 1970 and 9999.
	ErrSigningTime ErrorCode = "ERR_SIGNING_TIME"
	// The entropy is not 32 bytes; give 32 bytes from a secure random source, or leave it to the
	// library.
	ErrEntropy ErrorCode = "ERR_ENTROPY"
	// There is no such algorithm; use one of these names: `sha256`, `sha384`, `sha512`; `rsa-pkcs1`,
	// `rsa-pss`, `ecdsa`, `ed25519`.
	ErrAlgorithmUnknown ErrorCode = "ERR_ALGORITHM_UNKNOWN"
	// The algorithm does not fit the key of the certificate; leave the option out, or give one that
	// fits the key.
	ErrAlgorithmMismatch ErrorCode = "ERR_ALGORITHM_MISMATCH"
	// A signature policy needs the digest of its document; give `policy.digest` and
	// `policy.digestAlgorithm`.
	ErrPolicyDigest ErrorCode = "ERR_POLICY_DIGEST"
	// `reason` cannot stand beside a policy or a commitment type in a PAdES signature (EN 319 142-1,
	// 6.3); leave `reason` out and say it by `commitmentType`.
	ErrReasonWithPolicy ErrorCode = "ERR_REASON_WITH_POLICY"
	// A new field cannot have this name; give a name that is not empty and holds no dot, or the full
	// name of an existing empty signature field.
	ErrFieldName ErrorCode = "ERR_FIELD_NAME"
	// The document has no field of this name; name an empty signature field, or leave `existingField`
	// out to make a new field.
	ErrFieldMissing ErrorCode = "ERR_FIELD_MISSING"
	// The field is signed already; name another field.
	ErrFieldSigned ErrorCode = "ERR_FIELD_SIGNED"
	// The field is not a signature field; name another field.
	ErrFieldNotSignature ErrorCode = "ERR_FIELD_NOT_SIGNATURE"
	// The document is certified already, and can be only once; leave `certify` out.
	ErrAlreadyCertified ErrorCode = "ERR_ALREADY_CERTIFIED"
	// The document is signed already, and a certification must be the first signature; leave `certify`
	// out.
	ErrCertifyNotFirst ErrorCode = "ERR_CERTIFY_NOT_FIRST"
	// The document has no such page; give a page number from 1 to the number of pages, or from the end
	// as -1 (the last).
	ErrPageNumber ErrorCode = "ERR_PAGE_NUMBER"
	// The document is encrypted and needs a password to be opened; give `password`, that of a user or
	// of the owner.
	ErrPasswordMissing ErrorCode = "ERR_PASSWORD_MISSING"
	// The password does not open the document, neither as a user's nor as the owner's; give another
	// `password`.
	ErrPasswordWrong ErrorCode = "ERR_PASSWORD_WRONG"
	// The level does not fit the other options; choose another `level`.
	ErrLevel ErrorCode = "ERR_LEVEL"
	// The level requires a timestamp, and no timestamp service is given; name one
	// (`timestamp.services`).
	ErrTimestampService ErrorCode = "ERR_TIMESTAMP_SERVICE"
	// The box of the visible signature cannot be used; give a box within the page, of 6 by 6 points at
	// least (`appearance.rect` or `appearance.position`).
	ErrAppearanceBox ErrorCode = "ERR_APPEARANCE_BOX"
	// The text does not fit into the box of the visible signature; give a larger box
	// (`appearance.rect` or `appearance.position`), or a shorter `appearance.text`.
	ErrAppearanceFit ErrorCode = "ERR_APPEARANCE_FIT"
	// The text of the visible signature contains a value that is not known; correct `appearance.text`,
	// or begin with `certificate` or `name`.
	ErrAppearanceText ErrorCode = "ERR_APPEARANCE_TEXT"
	// The PDF for the appearance cannot be used; give a PDF of a plain page: complete, not encrypted,
	// within the limits of docs/options.md.
	ErrAppearancePDF ErrorCode = "ERR_APPEARANCE_PDF"
	// The module that draws visible signatures is missing; install the package whole; a browser loads
	// the module before it signs.
	ErrAppearanceModule ErrorCode = "ERR_APPEARANCE_MODULE"
	// A font of the visible signature cannot be used; give a TrueType or OpenType font, or a
	// collection of them with an `index`.
	ErrFont ErrorCode = "ERR_FONT"
	// No font has some of the characters of the visible signature; give a font that has them
	// (`appearance.font`).
	ErrFontGlyph ErrorCode = "ERR_FONT_GLYPH"
	// The licence of a font forbids to embed it (fsType); give a font that permits embedding.
	ErrFontLicense ErrorCode = "ERR_FONT_LICENSE"
	// The image of the visible signature cannot be used; give a PNG, or a JPEG in grey or RGB.
	ErrImage ErrorCode = "ERR_IMAGE"
	// The text of the QR code is too long; give a shorter `appearance.qr`.
	ErrQR ErrorCode = "ERR_QR"
	// The size for the container is out of bounds; give a number of bytes within the bounds, or leave
	// `containerSize` out.
	ErrContainerSize ErrorCode = "ERR_CONTAINER_SIZE"
	// The certificate is neither DER nor PEM; give the signer's X.509 certificate in DER or PEM.
	ErrCertificateFormat ErrorCode = "ERR_CERTIFICATE_FORMAT"
	// The key of the certificate cannot be used; use a certificate for RSA (2,048 to 8,192 bits),
	// ECDSA on P-256, P-384 or P-521, or Ed25519.
	ErrCertificateKey ErrorCode = "ERR_CERTIFICATE_KEY"
	// The certificate has expired; use a valid certificate, or leave `strict` out to sign with a
	// warning.
	ErrCertificateExpired ErrorCode = "ERR_CERTIFICATE_EXPIRED"
	// The certificate is not valid yet; check the clock, use a valid certificate, or leave `strict`
	// out to sign with a warning.
	ErrCertificateNotYetValid ErrorCode = "ERR_CERTIFICATE_NOT_YET_VALID"
	// The certificate is not meant for signing; use one with digitalSignature or nonRepudiation, or
	// leave `strict` out to sign with a warning.
	ErrCertificateKeyUsage ErrorCode = "ERR_CERTIFICATE_KEY_USAGE"
	// A certificate of the chain is neither DER nor PEM; give X.509 certificates in DER, PEM, a PEM
	// bundle or PKCS #7.
	ErrChainFormat ErrorCode = "ERR_CHAIN_FORMAT"
	// A certificate is revoked; use another certificate.
	ErrCertificateRevoked ErrorCode = "ERR_CERTIFICATE_REVOKED"
	// The issuer of a certificate was not found; give the missing issuers (`validation.certificates`).
	ErrChainIncomplete ErrorCode = "ERR_CHAIN_INCOMPLETE"
	// A chain does not end at a trusted certificate; add its root to `validation.trust`, if you trust
	// it.
	ErrChainUntrusted ErrorCode = "ERR_CHAIN_UNTRUSTED"
	// A certificate of the chain is not an issuer of the signing certificate; give only the issuers of
	// the signing certificate.
	ErrChainUnrelated ErrorCode = "ERR_CHAIN_UNRELATED"
	// The signer gave no bytes back; return the raw signature as bytes.
	ErrCallbackResult ErrorCode = "ERR_CALLBACK_RESULT"
	// The signature has no bytes; return the raw signature as bytes.
	ErrSignatureEmpty ErrorCode = "ERR_SIGNATURE_EMPTY"
	// The signature is text (PEM, base64, hexadecimal, JSON); decode it and return the bytes.
	ErrSignatureText ErrorCode = "ERR_SIGNATURE_TEXT"
	// The signature has a length that the key cannot give; return the raw signature and nothing else,
	// made by the key of the certificate.
	ErrSignatureLength ErrorCode = "ERR_SIGNATURE_LENGTH"
	// The signature has not the form of its algorithm; return the raw signature: for ECDSA the DER
	// value or r and s, one after the other.
	ErrSignatureFormat ErrorCode = "ERR_SIGNATURE_FORMAT"
	// The signature is not one of the certificate's key over the data; check that key and certificate
	// belong together, and that exactly `data` was signed.
	ErrSignatureMismatch ErrorCode = "ERR_SIGNATURE_MISMATCH"
	// The signature is one of the certificate's key, but over other data; sign exactly the bytes of
	// `data` that this session asked for.
	ErrSignatureOtherData ErrorCode = "ERR_SIGNATURE_OTHER_DATA"
	// The digest was digested again before it was signed; hand `data` to a call that hashes, or
	// `digest` to one that does not.
	ErrSignatureDoubleDigest ErrorCode = "ERR_SIGNATURE_DOUBLE_DIGEST"
	// The signature was made over the bare digest, where RSA PKCS #1 v1.5 needs a DigestInfo; hand
	// `digestInfo` to the key store's raw RSA mechanism.
	ErrSignatureNoDigestInfo ErrorCode = "ERR_SIGNATURE_NO_DIGEST_INFO"
	// The signature was made by another RSA scheme than was asked for; use the scheme that
	// `signatureAlgorithm` names, or ask for the other by that option.
	ErrSignatureScheme ErrorCode = "ERR_SIGNATURE_SCHEME"
	// The PSS signature has another salt length than was asked for; set the salt length of the key
	// store to `saltLength` bytes, the length of the digest.
	ErrSignatureSaltLength ErrorCode = "ERR_SIGNATURE_SALT_LENGTH"
	// The container is no CMS SignedData; give the DER or BER bytes of a ContentInfo with SignedData.
	ErrContainerFormat ErrorCode = "ERR_CONTAINER_FORMAT"
	// The container does not fit into the bytes reserved for it; begin again with a larger
	// `containerSize`.
	ErrContainerTooLarge ErrorCode = "ERR_CONTAINER_TOO_LARGE"
	// The container holds the signed content; ask for a detached signature.
	ErrContainerContent ErrorCode = "ERR_CONTAINER_CONTENT"
	// The container has not exactly one signer; ask for a container with one signature.
	ErrContainerSigners ErrorCode = "ERR_CONTAINER_SIGNERS"
	// The container does not hold the certificate of its signer, or it is not the one that the session
	// was begun with; let the container carry that certificate, and begin the session with the right
	// one.
	ErrContainerSignerCertificate ErrorCode = "ERR_CONTAINER_SIGNER_CERTIFICATE"
	// The container uses another digest algorithm than the session; begin the session with the
	// `digestAlgorithm` of the signing service.
	ErrContainerDigestAlgorithm ErrorCode = "ERR_CONTAINER_DIGEST_ALGORITHM"
	// The container was made for another document; have `hash` of this session signed, as the digest
	// of the content.
	ErrContainerMessageDigest ErrorCode = "ERR_CONTAINER_MESSAGE_DIGEST"
	// The container has a signing-time attribute, which PAdES forbids (EN 319 142-1, 6.3); ask for a
	// PAdES container, or begin without PAdES (`pades`).
	ErrContainerSigningTime ErrorCode = "ERR_CONTAINER_SIGNING_TIME"
	// The container has no signing-certificate attribute for its signer, which PAdES requires (EN 319
	// 142-1, 6.3); ask for a PAdES or CAdES container, or begin without PAdES (`pades`).
	ErrContainerSigningCertificate ErrorCode = "ERR_CONTAINER_SIGNING_CERTIFICATE"
	// The signed attributes of the container are missing or wrong; ask for a container with
	// content-type and message-digest as signed attributes.
	ErrContainerSignedAttributes ErrorCode = "ERR_CONTAINER_SIGNED_ATTRIBUTES"
	// The signature in the container does not belong to its certificate and signed attributes; check
	// that the signing service uses the key of the certificate that it sends.
	ErrContainerSignature ErrorCode = "ERR_CONTAINER_SIGNATURE"
	// These bytes are not a saved session; give the bytes that `serialize` returned.
	ErrSessionFormat ErrorCode = "ERR_SESSION_FORMAT"
	// The session was saved by another version; complete it with the version that saved it, or begin
	// again.
	ErrSessionVersion ErrorCode = "ERR_SESSION_VERSION"
	// The saved session is damaged; use an undamaged copy of it, or begin again.
	ErrSessionDamaged ErrorCode = "ERR_SESSION_DAMAGED"
	// The key does not fit the session, or the session was changed; give an unchanged copy to the call
	// for its form, with the key that sealed it if there is one, or begin again.
	ErrSessionSeal ErrorCode = "ERR_SESSION_SEAL"
	// The certificate or the options are not those that the session was begun with; give those of the
	// beginning, or begin again.
	ErrSessionArguments ErrorCode = "ERR_SESSION_ARGUMENTS"
	// The session belongs to another document; resume it with exactly the document that it was begun
	// with.
	ErrSessionDocument ErrorCode = "ERR_SESSION_DOCUMENT"
	// The session was begun without a certificate, so it takes a container only; begin with
	// `certificate`, or with `signatureAlgorithm` and without PAdES (`pades`) if the certificate comes
	// with the raw signature.
	ErrSessionNoCertificate ErrorCode = "ERR_SESSION_NO_CERTIFICATE"
	// The session is signed already; complete it without an answer, or begin again.
	ErrSessionSigned ErrorCode = "ERR_SESSION_SIGNED"
	// The session is not signed yet; complete it with a raw signature or a container.
	ErrSessionNotSigned ErrorCode = "ERR_SESSION_NOT_SIGNED"
	// The package pkcs11js is not installed; install it: npm install pkcs11js.
	ErrPKCS11Missing ErrorCode = "ERR_PKCS11_MISSING"
	// The PKCS#11 module cannot be used; give the path of a PKCS#11 module for this machine's
	// architecture.
	ErrPKCS11Module ErrorCode = "ERR_PKCS11_MODULE"
	// The PKCS#11 URI cannot be used; give one as in RFC 7512, such as pkcs11:token=NAME;object=KEY.
	ErrPKCS11URI ErrorCode = "ERR_PKCS11_URI"
	// No token fits, or several do; name one token by its label, serial number or slot.
	ErrPKCS11Token ErrorCode = "ERR_PKCS11_TOKEN"
	// No private key fits, or several do; name one key of the token by its label or id.
	ErrPKCS11Key ErrorCode = "ERR_PKCS11_KEY"
	// The token has no certificate for the key; give the certificate, or write it into the token with
	// the id of the key.
	ErrPKCS11Certificate ErrorCode = "ERR_PKCS11_CERTIFICATE"
	// The token has no mechanism for the signature; choose a signature algorithm that the token has.
	ErrPKCS11Mechanism ErrorCode = "ERR_PKCS11_MECHANISM"
	// The token requires a PIN; give the PIN.
	ErrPKCS11PINMissing ErrorCode = "ERR_PKCS11_PIN_MISSING"
	// The token refused the PIN; give the right PIN: wrong ones lock the token.
	ErrPKCS11PINWrong ErrorCode = "ERR_PKCS11_PIN_WRONG"
	// The PIN is locked or has expired; unlock or change it with the tool of the token's vendor.
	ErrPKCS11PINLocked ErrorCode = "ERR_PKCS11_PIN_LOCKED"
	// The entry of the PIN was cancelled or timed out; sign again, and enter the PIN.
	ErrPKCS11PINCancelled ErrorCode = "ERR_PKCS11_PIN_CANCELLED"
	// The token is not there any more; connect the token, and sign again.
	ErrPKCS11Gone ErrorCode = "ERR_PKCS11_GONE"
	// The token refused a call; look up the CKR_ code in the documentation of the token.
	ErrPKCS11Refused ErrorCode = "ERR_PKCS11_REFUSED"
	// No timestamp service answered; try again later, or name another service (`timestamp.services`).
	ErrTimestampUnavailable ErrorCode = "ERR_TIMESTAMP_UNAVAILABLE"
	// The timestamp service refused the request; do as its reason says, or name another service
	// (`timestamp.services`).
	ErrTimestampRejected ErrorCode = "ERR_TIMESTAMP_REJECTED"
	// The timestamp does not belong to the request; name another service (`timestamp.services`).
	ErrTimestampMismatch ErrorCode = "ERR_TIMESTAMP_MISMATCH"
	// The answer of the timestamp service is not a valid timestamp; name another service
	// (`timestamp.services`).
	ErrTimestampInvalid ErrorCode = "ERR_TIMESTAMP_INVALID"
	// No proof was found that a certificate is not revoked; try again later, or give the proof
	// (`validation.ocsps`, `validation.crls`).
	ErrRevocationUnavailable ErrorCode = "ERR_REVOCATION_UNAVAILABLE"
	// The revocation data is older than `validation.revocationAge` permits; go on with the session
	// after the next update of the data.
	ErrRevocationTooOld ErrorCode = "ERR_REVOCATION_TOO_OLD"
	// The requests to servers are more than one call may make; give certificates and revocation data
	// (`validation`), so that fewer are asked for.
	ErrHTTPLimit ErrorCode = "ERR_HTTP_LIMIT"
	// Something in the document is larger or deeper than the limits of reading; let a PDF tool rewrite
	// the file before it is signed.
	ErrLimit ErrorCode = "ERR_LIMIT"
	// The answer is not of the kind that was asked for; answer the open question.
	ErrAnswerKind ErrorCode = "ERR_ANSWER_KIND"
	// The answer has not the length that was asked for; answer with all the bytes asked for.
	ErrAnswerLength ErrorCode = "ERR_ANSWER_LENGTH"
	// The responses are not one for each request, within its limit; answer each request once, in
	// order, with a body within its limit.
	ErrHTTPAnswer ErrorCode = "ERR_HTTP_ANSWER"
	// The operation has ended already; start a new one.
	ErrMachineDone ErrorCode = "ERR_MACHINE_DONE"
	// The host answered that a step failed; look at the host's own error.
	ErrAnswerFailed ErrorCode = "ERR_ANSWER_FAILED"
	// A frame cannot be read; use the package and its native or WebAssembly module of one version.
	ErrFrame ErrorCode = "ERR_FRAME"
	// An argument of the call has the wrong type or value; give a value of the type named.
	ErrArgument ErrorCode = "ERR_ARGUMENT"
	// An internal error occurred; report it, with the document if you can.
	ErrInternal ErrorCode = "ERR_INTERNAL"
)

// groups maps codes to their groups.
var groups = map[ErrorCode]string{
	ErrFileEmpty:                   "file",
	ErrNotAPDF:                     "file",
	ErrFileTruncated:               "file",
	ErrXrefMissing:                 "file",
	ErrXrefBroken:                  "file",
	ErrObjectBroken:                "file",
	ErrXrefAmbiguous:               "file",
	ErrObjectShadowed:              "file",
	ErrStreamBroken:                "file",
	ErrEncryptionUnsupported:       "file",
	ErrEncryptionMAC:               "file",
	ErrMACAlgorithm:                "file",
	ErrMACInvalid:                  "file",
	ErrCatalog:                     "file",
	ErrPageTree:                    "file",
	ErrForm:                        "file",
	ErrCertified:                   "file",
	ErrFieldLocked:                 "file",
	ErrSeedValue:                   "file",
	ErrFileChanged:                 "file",
	ErrFileBusy:                    "file",
	ErrJournalDamaged:              "file",
	ErrJournalOwner:                "file",
	ErrLedgerBusy:                  "file",
	ErrLedgerFormat:                "file",
	ErrLedgerState:                 "file",
	ErrDSS:                         "file",
	ErrSignatureBroken:             "file",
	ErrSignatureMissing:            "file",
	ErrJournalDocument:             "file",
	ErrOptionUnknown:               "options",
	ErrOptionValue:                 "options",
	ErrSigningTime:                 "options",
	ErrEntropy:                     "options",
	ErrAlgorithmUnknown:            "options",
	ErrAlgorithmMismatch:           "options",
	ErrPolicyDigest:                "options",
	ErrReasonWithPolicy:            "options",
	ErrFieldName:                   "options",
	ErrFieldMissing:                "options",
	ErrFieldSigned:                 "options",
	ErrFieldNotSignature:           "options",
	ErrAlreadyCertified:            "options",
	ErrCertifyNotFirst:             "options",
	ErrPageNumber:                  "options",
	ErrPasswordMissing:             "options",
	ErrPasswordWrong:               "options",
	ErrLevel:                       "options",
	ErrTimestampService:            "options",
	ErrAppearanceBox:               "options",
	ErrAppearanceFit:               "options",
	ErrAppearanceText:              "options",
	ErrAppearancePDF:               "options",
	ErrAppearanceModule:            "options",
	ErrFont:                        "options",
	ErrFontGlyph:                   "options",
	ErrFontLicense:                 "options",
	ErrImage:                       "options",
	ErrQR:                          "options",
	ErrContainerSize:               "options",
	ErrCertificateFormat:           "certificate",
	ErrCertificateKey:              "certificate",
	ErrCertificateExpired:          "certificate",
	ErrCertificateNotYetValid:      "certificate",
	ErrCertificateKeyUsage:         "certificate",
	ErrChainFormat:                 "certificate",
	ErrCertificateRevoked:          "certificate",
	ErrChainIncomplete:             "certificate",
	ErrChainUntrusted:              "certificate",
	ErrChainUnrelated:              "certificate",
	ErrCallbackResult:              "answer",
	ErrSignatureEmpty:              "answer",
	ErrSignatureText:               "answer",
	ErrSignatureLength:             "answer",
	ErrSignatureFormat:             "answer",
	ErrSignatureMismatch:           "answer",
	ErrSignatureOtherData:          "answer",
	ErrSignatureDoubleDigest:       "answer",
	ErrSignatureNoDigestInfo:       "answer",
	ErrSignatureScheme:             "answer",
	ErrSignatureSaltLength:         "answer",
	ErrContainerFormat:             "answer",
	ErrContainerTooLarge:           "answer",
	ErrContainerContent:            "answer",
	ErrContainerSigners:            "answer",
	ErrContainerSignerCertificate:  "answer",
	ErrContainerDigestAlgorithm:    "answer",
	ErrContainerMessageDigest:      "answer",
	ErrContainerSigningTime:        "answer",
	ErrContainerSigningCertificate: "answer",
	ErrContainerSignedAttributes:   "answer",
	ErrContainerSignature:          "answer",
	ErrSessionFormat:               "session",
	ErrSessionVersion:              "session",
	ErrSessionDamaged:              "session",
	ErrSessionSeal:                 "session",
	ErrSessionArguments:            "session",
	ErrSessionDocument:             "session",
	ErrSessionNoCertificate:        "session",
	ErrSessionSigned:               "session",
	ErrSessionNotSigned:            "session",
	ErrPKCS11Missing:               "key",
	ErrPKCS11Module:                "key",
	ErrPKCS11URI:                   "key",
	ErrPKCS11Token:                 "key",
	ErrPKCS11Key:                   "key",
	ErrPKCS11Certificate:           "key",
	ErrPKCS11Mechanism:             "key",
	ErrPKCS11PINMissing:            "key",
	ErrPKCS11PINWrong:              "key",
	ErrPKCS11PINLocked:             "key",
	ErrPKCS11PINCancelled:          "key",
	ErrPKCS11Gone:                  "key",
	ErrPKCS11Refused:               "key",
	ErrTimestampUnavailable:        "service",
	ErrTimestampRejected:           "service",
	ErrTimestampMismatch:           "service",
	ErrTimestampInvalid:            "service",
	ErrRevocationUnavailable:       "service",
	ErrRevocationTooOld:            "service",
	ErrHTTPLimit:                   "limit",
	ErrLimit:                       "limit",
	ErrAnswerKind:                  "misuse",
	ErrAnswerLength:                "misuse",
	ErrHTTPAnswer:                  "misuse",
	ErrMachineDone:                 "misuse",
	ErrAnswerFailed:                "misuse",
	ErrFrame:                       "misuse",
	ErrArgument:                    "misuse",
	ErrInternal:                    "internal",
}

// WarningCode is the stable code of a warning, the same in every language.
type WarningCode string

const (
	// The certificate has expired: validators will not accept a signature of now.
	WarnCertificateExpired WarningCode = "WARN_CERTIFICATE_EXPIRED"
	// The certificate is not valid yet: validators will not accept a signature of now.
	WarnCertificateNotYetValid WarningCode = "WARN_CERTIFICATE_NOT_YET_VALID"
	// The key usage of the certificate has neither digitalSignature nor nonRepudiation.
	WarnCertificateKeyUsage WarningCode = "WARN_CERTIFICATE_KEY_USAGE"
	// The serial number of the certificate is longer than 20 bytes (RFC 5280, 4.1.2.2): some readers
	// reject it.
	WarnCertificateSerial WarningCode = "WARN_CERTIFICATE_SERIAL"
	// A certificate was revoked after the timestamp: the signature stays valid for validators that
	// look at times.
	WarnCertificateRevokedLater WarningCode = "WARN_CERTIFICATE_REVOKED_LATER"
	// The document is certified and permits no changes (P=1): Acrobat and Foxit can call revocation
	// data and timestamps after it a change. P=2 avoids that.
	WarnCertifiedLtv WarningCode = "WARN_CERTIFIED_LTV"
	// No trusted certificates are given: nothing confirms where a chain ends.
	WarnChainUnanchored WarningCode = "WARN_CHAIN_UNANCHORED"
	// The chain is empty: a validator must find the certificate of the issuer by itself.
	WarnChainIncomplete WarningCode = "WARN_CHAIN_INCOMPLETE"
	// The document was converted as text, as its first comment or its offsets show: what was not text
	// in it is lost.
	WarnConverted WarningCode = "WARN_CONVERTED"
	// Acrobat and several other viewers do not verify Ed25519 signatures.
	WarnEd25519Acrobat WarningCode = "WARN_ED25519_ACROBAT"
	// Ed25519 belongs to PDF 2.0 (ISO/TS 32002) and the document is older: a reader may not know it.
	WarnEd25519Version WarningCode = "WARN_ED25519_VERSION"
	// The document is the wrapper of an encrypted one (ISO 32000-2, 7.6.7): the signature covers its
	// bytes, and readers show the document within.
	WarnEncryptedPayload WarningCode = "WARN_ENCRYPTED_PAYLOAD"
	// A new field was made, and its name is nearly that of another field.
	WarnFieldName WarningCode = "WARN_FIELD_NAME"
	// Several fields have the name of the signature field: a reader can take another one.
	WarnFieldTwice WarningCode = "WARN_FIELD_TWICE"
	// The field was on a page and missing in the form: it was added to the form.
	WarnFieldUnlisted WarningCode = "WARN_FIELD_UNLISTED"
	// The widgets of the field are objects of their own: some readers (pdfsig 22.12, pdf.js before 6)
	// show no signature.
	WarnFieldWidgets WarningCode = "WARN_FIELD_WIDGETS"
	// There is no %PDF- header in the first 1,024 bytes: Acrobat does not open such a document.
	WarnHeaderMissing WarningCode = "WARN_HEADER_MISSING"
	// The container names its signer by a key identifier: pdfsig, MuPDF and iText do not accept that.
	WarnKeyIdentifier WarningCode = "WARN_KEY_IDENTIFIER"
	// The signature has a lower level than was asked for.
	WarnLevelLower WarningCode = "WARN_LEVEL_LOWER"
	// The lock stands in the signature only: behind an earlier signature the field itself cannot be
	// given one.
	WarnLock WarningCode = "WARN_LOCK"
	// The form has /NeedAppearances true: Acrobat then redraws it and may not show the signature as
	// valid.
	WarnNeedAppearances WarningCode = "WARN_NEED_APPEARANCES"
	// /NeedAppearances was set to false behind an earlier signature: some validators (iText) call that
	// a change which it does not allow.
	WarnNeedAppearancesCleared WarningCode = "WARN_NEED_APPEARANCES_CLEARED"
	// The OCSP response does not repeat the nonce of the request: it can be an older one.
	WarnOCSPNonce WarningCode = "WARN_OCSP_NONCE"
	// The page of the new field is a stream, which ISO 32000-2, 7.7.3.3 does not allow: a reader may
	// not show the page.
	WarnPageStream WarningCode = "WARN_PAGE_STREAM"
	// The permissions of the document forbid a user to change it and to fill in forms: a reader may
	// object to the signature.
	WarnPermissions WarningCode = "WARN_PERMISSIONS"
	// The revocation data is older than the timestamp: some validators want newer data.
	WarnRevocationEarlier WarningCode = "WARN_REVOCATION_EARLIER"
	// Objects stand behind the last startxref: a revision that was cut short, which readers do not
	// show and the signature does not make valid.
	WarnRevisionCut WarningCode = "WARN_REVISION_CUT"
	// The seed values (/SV) of the field ask for something that was not kept.
	WarnSeedValue WarningCode = "WARN_SEED_VALUE"
	// The document is damaged or ambiguous and contains a signature that is not a field's value: a
	// reader can show it, and what it permits was not checked.
	WarnSignatureHidden WarningCode = "WARN_SIGNATURE_HIDDEN"
	// The document is damaged and was signed before: the new signature covers as a revision what
	// follows the earlier one, which can be by anybody.
	WarnSignedDamage WarningCode = "WARN_SIGNED_DAMAGE"
	// The page of the new field has no /Tabs /S, which PDF/UA wants, and it cannot be added behind an
	// earlier signature.
	WarnTabs WarningCode = "WARN_TABS"
	// The time of the timestamp and the clock of this machine differ by more than five minutes.
	WarnTimestampClock WarningCode = "WARN_TIMESTAMP_CLOCK"
	// The timestamp service granted the request with modifications.
	WarnTimestampMods WarningCode = "WARN_TIMESTAMP_MODS"
	// An older timestamp of the document cannot be proven any more.
	WarnTimestampOld WarningCode = "WARN_TIMESTAMP_OLD"
	// The document has usage rights (/Perms /UR3) for Acrobat Reader, which may end with the
	// signature.
	WarnUsageRights WarningCode = "WARN_USAGE_RIGHTS"
	// The new field is not in the structure of the tagged document: after a signature that would be a
	// change that validators reject. Make the fields of later signers with the first signature
	// (`emptyFields`).
	WarnNotTagged WarningCode = "WARN_NOT_TAGGED"
	// The document is certified, and some validators take a new visible field for a change that is not
	// permitted. Sign an existing field instead.
	WarnVisibleAfterCertification WarningCode = "WARN_VISIBLE_AFTER_CERTIFICATION"
	// The visible signature overlaps another form field: some validators report that, and one hides
	// the other.
	WarnWidgetsOverlap WarningCode = "WARN_WIDGETS_OVERLAP"
	// The document has an XFA form, which a viewer may show in place of the pages signed.
	WarnXFA WarningCode = "WARN_XFA"
	// The document contains a later definition of an object that the signature changes: a reader that
	// repairs the document can show something else.
	WarnObjectShadowed WarningCode = "WARN_OBJECT_SHADOWED"
	// The document can be read in two ways: readers can show something else than what is signed.
	WarnXrefAmbiguous WarningCode = "WARN_XREF_AMBIGUOUS"
	// The cross-reference of the document was missing or damaged: it was rebuilt from the objects
	// found, and the update carries a complete one.
	WarnXrefRebuilt WarningCode = "WARN_XREF_REBUILT"
	// The update has a cross-reference stream after a table: its offsets are too large for a table.
	WarnXrefStream WarningCode = "WARN_XREF_STREAM"
)

// Errors that the package itself raises.

func hostErrArgumentType(name, expected, found any) *Error {
	return newError(ErrArgument, fmt.Sprintf("%v must be %v, and is %v;"+
		" give a value of that type", name, expected, found))
}

func hostErrArgumentTypes(name, expected, found any) *Error {
	return newError(ErrArgument, fmt.Sprintf("%v must be %v, and are %v;"+
		" give values of that type", name, expected, found))
}

func hostErrArgumentMissing(name any) *Error {
	return newError(ErrArgument, fmt.Sprintf("%v is missing;"+
		" give it to the call", name))
}

func hostErrArgumentSize(name any) *Error {
	return newError(ErrArgument, fmt.Sprintf("%v has more than 256 MiB;"+
		" give less", name))
}

func hostErrKeyType(found any) *Error {
	return newError(ErrArgument, fmt.Sprintf("the key must be bytes, and is %v;"+
		" give 32 random bytes that stay secret", found))
}

func hostErrCountMismatch(given, name, needed any) *Error {
	return newError(ErrArgument, fmt.Sprintf("there are %v %v for %v;"+
		" give one for each", given, name, needed))
}

func hostErrIDTwice(id any) *Error {
	return newError(ErrArgument, fmt.Sprintf("two documents have the id %v;"+
		" give each its own", id))
}

func hostErrNoFileSystem(name any) *Error {
	return newError(ErrArgument, fmt.Sprintf("%v needs a file system;"+
		" run it where files are, or give bytes and null as the output", name))
}

func hostErrSourceRead(found any) *Error {
	return newError(ErrArgument, fmt.Sprintf("the `read` of the document returned %v;"+
		" return bytes", found))
}

func hostErrSourceSize() *Error {
	return newError(ErrArgument, "the size of the document is not known;"+
		" give a document that can seek, or its size")
}

func hostErrSourceShort(found, expected any) *Error {
	return newError(ErrAnswerLength, fmt.Sprintf("%v bytes of the document were read where %v were asked for;"+
		" answer with all the bytes asked for, and give the right size", found, expected))
}

func hostErrSourceChanged(found any) *Error {
	return newError(ErrFileChanged, fmt.Sprintf("%v;"+
		" sign it again, and let nothing else write to it meanwhile", found))
}

func hostErrOutputNotEmpty() *Error {
	return newError(ErrArgument, "the open output has bytes after its position;"+
		" open an empty file, or give the input itself")
}

func hostErrOutputWrite() *Error {
	return newError(ErrArgument, "the open output took none of the bytes;"+
		" give a file that takes all of its bytes")
}

func hostErrOptionUnknown(name any) *Error {
	return newError(ErrOptionUnknown, fmt.Sprintf("there is no option `%v` for this call;"+
		" correct its name; docs/options.md lists the options", name))
}

func hostErrOptionUseless(name any) *Error {
	return newError(ErrArgument, fmt.Sprintf("this call has no use for the option %v;"+
		" leave it out", name))
}

func hostErrOptionConflict(one, other any) *Error {
	return newError(ErrArgument, fmt.Sprintf("the options ask for %v and for %v;"+
		" give one of the two", one, other))
}

func hostErrOptionText() *Error {
	return newError(ErrArgument, "a text in the options is not UTF-8;"+
		" convert it to UTF-8 first")
}

func hostErrOptionType() *Error {
	return newError(ErrOptionValue, "an option has a value of a type that no option takes;"+
		" give text, a number, true or false, or a list or mapping of them; docs/options.md has the type of each")
}

func hostErrSignerResult(found any) *Error {
	return newError(ErrCallbackResult, fmt.Sprintf("the signer returned %v;"+
		" return the raw signature as bytes", found))
}

func hostErrSignerPromise() *Error {
	return newError(ErrArgument, "the signer is asynchronous, and the call is not;"+
		" use the asynchronous call")
}

func hostErrTimeZone() *Error {
	return newError(ErrSigningTime, "the signing time has no time zone;"+
		" give a time with a zone, such as UTC")
}

func hostErrNoSession() *Error {
	return newError(ErrSessionFormat, "the document has no session: it failed when the sessions were begun;"+
		" begin it again")
}

func hostErrUnknownStep(step any) *Error {
	return newError(ErrInternal, fmt.Sprintf("the core asks for %v;"+
		" use the package and its native or WebAssembly module of one version", step))
}

func hostErrMachineBroke() *Error {
	return newError(ErrInternal, "an internal error occurred;"+
		" report it, with the document if you can")
}

func hostErrModuleMissing(cause any) *Error {
	return newError(ErrInternal, fmt.Sprintf("the WebAssembly module cannot be loaded (%v);"+
		" keep rustpdf.wasm beside the script that was bundled, and let the page's security policy permit WebAssembly", cause))
}

func hostErrDrawingMissing(cause any) *Error {
	return newError(ErrAppearanceModule, fmt.Sprintf("the module that draws visible signatures cannot be loaded (%v);"+
		" keep rustpdf-appearance.wasm beside the script that was bundled, and let the page's security policy permit WebAssembly", cause))
}

// goNames replaces names in messages of the core by those of Go.
var goNames = strings.NewReplacer(
	"`appearance.dateFormat`", "`Appearance.DateFormat`",
	"`appearance.fontSize`", "`Appearance.FontSize`",
	"`appearance.labels.signedBy`", "`Appearance.Labels.SignedBy`",
	"`checkSignature`", "`CheckSignature`",
	"`clearNeedAppearances`", "`ClearNeedAppearances`",
	"`commitmentType`", "`CommitmentType`",
	"`completeChain`", "`CompleteChain`",
	"`contactInfo`", "`ContactInfo`",
	"`containerSize`", "`ContainerSize`",
	"`dateFormat`", "`DateFormat`",
	"`digestAlgorithm`", "`DigestAlgorithm`",
	"`digestInfo`", "`DigestInfo`",
	"`emptyFields`", "`EmptyFields`",
	"`existingField`", "`ExistingField`",
	"`fieldName`", "`FieldName`",
	"`fontSize`", "`FontSize`",
	"`inFlight`", "`InFlight`",
	"`maxCrl`", "`MaxCRL`",
	"`minimumLevel`", "`MinimumLevel`",
	"`ocspNonce`", "`OCSPNonce`",
	"`policy.digestAlgorithm`", "`Policy.DigestAlgorithm`",
	"`revocationAge`", "`RevocationAge`",
	"`saltLength`", "`SaltLength`",
	"`signatureAlgorithm`", "`SignatureAlgorithm`",
	"`signedBy`", "`SignedBy`",
	"`signerRoles`", "`SignerRoles`",
	"`signingTime`", "`SigningTime`",
	"`signingTimeAttribute`", "`SigningTimeAttribute`",
	"`skipDocumentCheck`", "`SkipDocumentCheck`",
	"`timestamp.digestAlgorithm`", "`Timestamp.DigestAlgorithm`",
	"`utcOffsetMinutes`", "`UTCOffsetMinutes`",
	"`validation.maxCrl`", "`Validation.MaxCRL`",
	"`validation.revocationAge`", "`Validation.RevocationAge`",
)
