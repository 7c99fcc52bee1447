package peers;

import java.nio.file.Path;

/** A library that signs. */
interface Peer {
    /** Its name and version. */
    String name();

    /** Signs {@code source}, and leaves the signed document in {@code target}. */
    void sign(Path source, Path target) throws Exception;
}
