package io.cosell.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.cosell.flow.DealPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A plan as it is printed as JSON, saved, and read again to be carried out. It holds values of deals and no secrets.
 *
 * @param format         version of this form
 * @param madeAt         when it was made
 * @param crm            the CRM it was made for
 * @param mappingVersion what the sides were compared under
 * @param inStep         deals that are known to be in step, and are not among the others
 * @param deals          the deals that were planned
 */
record PlanFile(int format, String madeAt, String crm, String mappingVersion, int inStep, List<DealPlan> deals) {

    static final int FORMAT = 1;

    private static final ObjectMapper JSON = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

    String json() {
        return json(this);
    }

    /** A document as the commands print it. */
    static String json(Object document) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the file whole or not at all; only its owner can read it. */
    void save(Path file) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
            Path beside = Files.createTempFile(folder, file.getFileName().toString(), ".part", posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0]);
            Files.writeString(beside, json());
            Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new IllegalArgumentException("The plan can't be saved as " + file + ": " + e.getMessage() + ". Is the folder there?", e);
        }
    }

    /** Reads what {@link #save} wrote. */
    static PlanFile read(Path file) {
        try {
            PlanFile plan = JSON.readValue(file.toFile(), PlanFile.class);
            if (plan.format != FORMAT || plan.deals == null) {
                throw new IllegalArgumentException(file + " is no plan that this version made. Make it with \"plan --save\".");
            }
            return plan;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is no plan: " + e.getOriginalMessage() + ". Make it with \"plan --save\".", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("The plan " + file + " can't be read: " + e.getMessage(), e);
        }
    }
}
