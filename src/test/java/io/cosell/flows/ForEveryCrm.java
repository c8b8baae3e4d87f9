package io.cosell.flows;

import io.cosell.sandbox.Crm;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs a class of tests once for every CRM whose adapter is there; the CRM is its parameter. Classes, CRMs and tests run side by side; where
 * the tests of a class share a stage ({@link SharedStage}), they are {@link TestInTurn}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0}")
@EnumSource(Crm.class)
@Execution(ExecutionMode.CONCURRENT)
@interface ForEveryCrm {
}
