package peers;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Calendar;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.apache.pdfbox.util.Version;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.ess.ESSCertIDv2;
import org.bouncycastle.asn1.ess.SigningCertificateV2;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.CMSTypedData;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** PDFBox with an incremental save, from file to file. The container is made by Bouncy Castle, PAdES; Java's own SHA-256 hashes. */
final class PdfBoxPeer implements Peer {
    private final Key key;
    private final CMSSignedDataGenerator generator = new CMSSignedDataGenerator();

    PdfBoxPeer(Key key) throws Exception {
        this.key = key;
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.certificates().get(0).getEncoded());
        var reference = new SigningCertificateV2(new ESSCertIDv2(hash));
        var attribute = new Attribute(PKCSObjectIdentifiers.id_aa_signingCertificateV2, new DERSet(reference));
        AttributeTable attributes = new AttributeTable(new DERSet(attribute));
        generator.addSignerInfoGenerator(new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().build())
                .setSignedAttributeGenerator(parameters -> new DefaultSignedAttributeTableGenerator(attributes)
                        .getAttributes(parameters).remove(CMSAttributes.signingTime))
                .build(new JcaContentSignerBuilder("SHA256withRSA").build(key.secret()), key.certificates().get(0)));
        generator.addCertificates(new JcaCertStore(key.certificates()));
    }

    @Override public String name() {
        return "PDFBox " + Version.getVersion();
    }

    @Override public void sign(Path source, Path target, String password, String field) throws Exception {
        PDSignature signature = new PDSignature();
        signature.setFilter(PDSignature.FILTER_ADOBE_PPKLITE);
        signature.setSubFilter(PDSignature.SUBFILTER_ETSI_CADES_DETACHED);
        signature.setSignDate(Calendar.getInstance());
        try (PDDocument document = Loader.loadPDF(source.toFile(), password == null ? "" : password);
                OutputStream output = new BufferedOutputStream(Files.newOutputStream(target))) {
            if (field != null) {
                var form = document.getDocumentCatalog().getAcroForm();
                form.getField(field).getCOSObject().setItem(COSName.V, signature);
            }
            document.addSignature(signature, this::container);
            document.saveIncremental(output);
        }
    }

    private byte[] container(InputStream covered) throws IOException {
        try {
            return generator.generate(new Streamed(covered), false).getEncoded();
        } catch (CMSException error) {
            throw new IOException(error);
        }
    }

    /** Content that is read once and never held. */
    private record Streamed(InputStream bytes) implements CMSTypedData {
        @Override public ASN1ObjectIdentifier getContentType() {
            return PKCSObjectIdentifiers.data;
        }

        @Override public void write(OutputStream output) throws IOException {
            bytes.transferTo(output);
        }

        @Override public Object getContent() {
            return bytes;
        }
    }
}
