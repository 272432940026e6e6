/**
 * The part of the Chrome DevTools Protocol that the stage speaks (https://chromedevtools.github.io/devtools-protocol/tot/), as types. Only
 * what is read or sent stands here.
 */

export interface AXValue {
  type: string;
  value?: unknown;
}

export interface AXNode {
  nodeId: string;
  parentId?: string;
  childIds?: string[];
  ignored: boolean;
  role?: AXValue;
  name?: AXValue;
  value?: AXValue;
  description?: AXValue;
  properties?: { name: string; value: AXValue }[];
  backendDOMNodeId?: number;
}

export interface RemoteObject {
  type: string;
  subtype?: string;
  value?: unknown;
  description?: string;
  objectId?: string;
}

export interface ExceptionDetails {
  text: string;
  exception?: RemoteObject;
  url?: string;
  lineNumber: number;
}

export interface FrameTree {
  frame: { id: string; parentId?: string; loaderId: string; url: string };
  childFrames?: FrameTree[];
}

interface Evaluated {
  result: RemoteObject;
  exceptionDetails?: ExceptionDetails;
}

/** `modifiers`: Alt 1, Ctrl 2, Meta 4, Shift 8. */
export interface KeyEvent {
  type: "keyDown" | "keyUp" | "rawKeyDown";
  modifiers?: number;
  text?: string;
  key: string;
  code?: string;
  windowsVirtualKeyCode?: number;
}

export interface MouseEvent {
  type: "mousePressed" | "mouseReleased" | "mouseMoved";
  x: number;
  y: number;
  button?: "none" | "left" | "right";
  buttons?: number;
  clickCount?: number;
}

type Nothing = Record<string, never>;

export interface Methods {
  "Browser.close": [Nothing, Nothing];
  "Browser.grantPermissions": [
    { origin?: string; browserContextId?: string; permissions: string[] },
    Nothing,
  ];
  "Target.createBrowserContext": [{ disposeOnDetach?: boolean }, { browserContextId: string }];
  "Target.createTarget": [
    { url: string; browserContextId?: string; newWindow?: boolean },
    { targetId: string },
  ];
  "Target.closeTarget": [{ targetId: string }, { success: boolean }];
  "Target.activateTarget": [{ targetId: string }, Nothing];
  "Target.setAutoAttach": [
    {
      autoAttach: boolean;
      waitForDebuggerOnStart: boolean;
      flatten: true;
      filter?: { type?: string; exclude?: boolean }[];
    },
    Nothing,
  ];
  "Runtime.enable": [Nothing, Nothing];
  "Runtime.runIfWaitingForDebugger": [Nothing, Nothing];
  "Runtime.addBinding": [{ name: string; executionContextName?: string }, Nothing];
  "Runtime.evaluate": [
    {
      expression: string;
      contextId?: number;
      awaitPromise?: boolean;
      returnByValue?: boolean;
      userGesture?: boolean;
    },
    Evaluated,
  ];
  "Runtime.callFunctionOn": [
    {
      functionDeclaration: string;
      objectId?: string;
      executionContextId?: number;
      arguments?: { value?: unknown; objectId?: string }[];
      awaitPromise?: boolean;
      returnByValue?: boolean;
    },
    Evaluated,
  ];
  "Page.enable": [Nothing, Nothing];
  "Page.getFrameTree": [Nothing, { frameTree: FrameTree }];
  "Page.navigate": [{ url: string }, { frameId: string; loaderId?: string; errorText?: string }];
  "Page.reload": [Nothing, Nothing];
  "Page.close": [Nothing, Nothing];
  "Page.crash": [Nothing, Nothing];
  "Page.bringToFront": [Nothing, Nothing];
  "Page.captureScreenshot": [
    {
      format: "png";
      clip?: { x: number; y: number; width: number; height: number; scale: number };
      captureBeyondViewport?: boolean;
    },
    { data: string },
  ];
  "Page.addScriptToEvaluateOnNewDocument": [
    { source: string; worldName?: string; runImmediately?: boolean },
    { identifier: string },
  ];
  "Log.enable": [Nothing, Nothing];
  "Network.enable": [Nothing, Nothing];
  "Network.emulateNetworkConditions": [
    { offline: boolean; latency: number; downloadThroughput: number; uploadThroughput: number },
    Nothing,
  ];
  "DOM.getContentQuads": [{ backendNodeId?: number; objectId?: string }, { quads: number[][] }];
  "DOM.getFrameOwner": [{ frameId: string }, { backendNodeId: number }];
  "DOM.resolveNode": [{ backendNodeId: number; executionContextId?: number }, { object: RemoteObject }];
  "DOM.scrollIntoViewIfNeeded": [{ backendNodeId?: number; objectId?: string }, Nothing];
  "Accessibility.queryAXTree": [
    { objectId?: string; role?: string; accessibleName?: string },
    { nodes: AXNode[] },
  ];
  "Accessibility.getFullAXTree": [{ frameId?: string; depth?: number }, { nodes: AXNode[] }];
  "Emulation.setDeviceMetricsOverride": [
    { width: number; height: number; deviceScaleFactor: number; mobile: boolean },
    Nothing,
  ];
  "Emulation.setEmulatedMedia": [{ features: { name: string; value: string }[] }, Nothing];
  "Input.dispatchKeyEvent": [KeyEvent, Nothing];
  "Input.dispatchMouseEvent": [MouseEvent, Nothing];
  "Input.insertText": [{ text: string }, Nothing];
}

export interface Events {
  "Target.attachedToTarget": {
    sessionId: string;
    targetInfo: { targetId: string; type: string; url: string; browserContextId?: string };
    waitingForDebugger: boolean;
  };
  "Target.detachedFromTarget": { sessionId: string; targetId?: string };
  "Target.targetCrashed": { targetId: string };
  "Inspector.targetCrashed": Nothing;
  "Runtime.bindingCalled": { name: string; payload: string; executionContextId: number };
  "Runtime.executionContextCreated": {
    context: { id: number; name: string; origin: string; auxData: { frameId: string; isDefault: boolean } };
  };
  "Runtime.executionContextDestroyed": { executionContextId: number };
  "Runtime.executionContextsCleared": Nothing;
  "Runtime.consoleAPICalled": { type: string; args: RemoteObject[] };
  "Runtime.exceptionThrown": { exceptionDetails: ExceptionDetails };
  "Log.entryAdded": { entry: { source: string; level: string; text: string; url?: string } };
  "Network.webSocketFrameReceived": { response: { payloadData: string } };
  "Page.frameAttached": { frameId: string; parentFrameId: string };
  "Page.frameDetached": { frameId: string; reason: "remove" | "swap" };
  "Page.frameNavigated": { frame: { id: string; parentId?: string; loaderId: string; url: string } };
  "Page.javascriptDialogOpening": { message: string; type: string };
}
