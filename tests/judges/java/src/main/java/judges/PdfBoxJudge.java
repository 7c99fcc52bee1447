package judges;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.cos.COSArray;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.cos.COSNumber;
import org.apache.pdfbox.io.RandomAccessReadBufferedFile;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.digitalsignature.PDSignature;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSSignedDataParser;
import org.bouncycastle.cms.CMSTypedStream;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;

/** PDFBox reads the document strictly and finds the signatures; Bouncy Castle checks each container. The chain is left to others. */
final class PdfBoxJudge implements Judge {
    @Override public Verdict judge(Path pdf, Trust trust) throws Exception {
        String password = trust.password() == null ? "" : trust.password();
        try (PDDocument document = Loader.loadPDF(new RandomAccessReadBufferedFile(pdf), password)) {
            List<PDSignature> signatures = document.getSignatureDictionaries();
            Map<String, Object> details = new LinkedHashMap<>();
            String reason = signatures.isEmpty() ? "it finds no signature" : document.getNumberOfPages() == 0 ? "it finds no page" : null;
            for (int i = 0; i < signatures.size(); i++) {
                Map<String, Object> signature = check(pdf, signatures.get(i));
                details.put("signature " + (i + 1), signature);
                if (reason == null && !(Boolean) signature.get("intact")) reason = "the signature does not verify";
            }
            boolean inForm = document.getDocumentCatalog().getAcroForm() != null
                    && document.getSignatureFields().size() >= signatures.size();
            details.put("everySignatureHasAField", inForm);
            if (reason == null && !inForm) reason = "a signature has no field in the form";
            return new Verdict(null, signatures.size(), reason, details);
        }
    }

    private static Map<String, Object> check(Path pdf, PDSignature signature) throws Exception {
        Map<String, Object> result = new LinkedHashMap<>();
        long[] range = range(signature);
        result.put("subFilter", signature.getSubFilter());
        result.put("byteRange", range);
        result.put("toEndOfFile", range[2] + range[3] == Files.size(pdf));
        try (InputStream file = Files.newInputStream(pdf)) {
            InputStream covered = new RangeStream(file, range);
            CMSSignedDataParser parser = new CMSSignedDataParser(new JcaDigestCalculatorProviderBuilder().build(),
                    new CMSTypedStream(covered), signature.getContents());
            parser.getSignedContent().drain();
            boolean intact = true;
            for (SignerInformation signer : parser.getSignerInfos().getSigners()) {
                @SuppressWarnings("unchecked")
                var matches = parser.getCertificates().getMatches(signer.getSID());
                X509CertificateHolder certificate = (X509CertificateHolder) matches.iterator().next();
                intact &= signer.verify(new JcaSimpleSignerInfoVerifierBuilder().build(certificate));
            }
            result.put("intact", intact);
        }
        return result;
    }

    /** PDSignature.getByteRange would cut the numbers of a file over 2 GiB to 32 bits. */
    private static long[] range(PDSignature signature) throws IOException {
        COSArray array = signature.getCOSObject().getCOSArray(COSName.BYTERANGE);
        if (array == null || array.size() != 4) throw new IOException("/ByteRange is not an array of four numbers");
        long[] range = new long[4];
        for (int i = 0; i < range.length; i++) range[i] = ((COSNumber) array.getObject(i)).longValue();
        return range;
    }

    /** The two covered ranges of a file, one after the other. */
    private static final class RangeStream extends InputStream {
        private final InputStream file;
        private final long[] range;
        private long position;

        RangeStream(InputStream file, long[] range) {
            this.file = file;
            this.range = range;
        }

        @Override public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override public int read(byte[] buffer, int offset, int length) throws IOException {
            long firstEnd = range[0] + range[1];
            if (position >= firstEnd && position < range[2]) {
                file.skipNBytes(range[2] - position);
                position = range[2];
            }
            long end = position < firstEnd ? firstEnd : range[2] + range[3];
            if (position >= end) return -1;
            int read = file.read(buffer, offset, (int) Math.min(length, end - position));
            if (read > 0) position += read;
            return read;
        }
    }
}
