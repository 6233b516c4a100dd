import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

import org.flowable.bpmn.converter.BpmnXMLConverter;
import org.flowable.bpmn.model.BpmnModel;
import org.flowable.bpmn.model.FlowElement;
import org.flowable.bpmn.model.FlowNode;
import org.flowable.bpmn.model.Process;
import org.flowable.bpmn.model.SequenceFlow;
import org.flowable.validation.ProcessValidatorFactory;
import org.flowable.validation.ValidationError;

/**
 * Reads BPMN files as the engine Flowable reads them before it deploys them: against the schema of BPMN 2.0, into its
 * model, and through its validator. One line a file: name, nodes, flows, lanes, shapes, edges; one line a finding.
 */
public class FlowableReader {

    public static void main(String[] files) {
        for (String file : files) {
            BpmnModel model = new BpmnXMLConverter().convertToBpmnModel(() -> open(file), true, false);
            Process process = model.getMainProcess();
            System.out.println(String.join("\t", "READ", Path.of(file).getFileName().toString(),
                String.valueOf(process.findFlowElementsOfType(FlowNode.class).size()),
                String.valueOf(process.findFlowElementsOfType(SequenceFlow.class).size()),
                String.valueOf(process.getLanes().size()),
                String.valueOf(model.getLocationMap().size()),
                String.valueOf(model.getFlowLocationMap().size())));
            for (ValidationError found : new ProcessValidatorFactory().createDefaultProcessValidator().validate(model)) {
                System.out.println(String.join("\t", "FOUND", Path.of(file).getFileName().toString(),
                    String.valueOf(found.getProblem()), String.valueOf(found.getActivityId()),
                    String.valueOf(found.getDefaultDescription())));
            }
        }
    }

    private static FileInputStream open(String file) {
        try {
            return new FileInputStream(file);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
